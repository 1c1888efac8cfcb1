"""The settings of nbgrader in everybody's server."""

import os
from pathlib import Path

c = get_config()  # noqa: F821, nbgrader defines it

c.CourseDirectory.course_id = "losses"
c.Exchange.root = str(Path(os.environ["HUB_FOLDER"]) / "exchange")
c.Exchange.cache = str(Path(os.environ["HOME"]) / ".nbgrader-cache")
if os.environ["JUPYTERHUB_USER"] != "teacher":
    c.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]
