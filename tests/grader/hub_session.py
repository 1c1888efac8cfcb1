"""Two students and their hub, over HTTP as a browser does; it runs in the environment of the hub.

Usage: python hub_session.py ADDRESS PASSWORD ANSWERED.ipynb NAME ...

Each student logs in, starts a server, fetches the assignment, runs a cell, saves the answered
notebook and submits it. Prints one JSON object about what happened.
"""

import json
import os
import sys
import time
import uuid

import requests
from websocket import create_connection

ADDRESS, PASSWORD, ANSWERED, *NAMES = sys.argv[1:] or [""] * 3  # without: it is only imported
PATIENCE = 300  # seconds
ABOUT = {"course_id": "losses", "assignment_id": "softmax"}
CODE = """
import importlib.util, sys, numpy
print(importlib.util.find_spec("tensorflow") is not None, sys.executable)
"""


# What a student's code can read of these paths; without SPY, nothing is looked for.
SPY = json.loads(os.environ.get("SPY", "[]"))
LOOK = f"import os\nprint([path for path in {SPY!r} if os.access(path, os.R_OK)])"


class Student:
    """A browser of one student."""

    def __init__(self, name, password=PASSWORD):
        """Log in; a wrong password leaves the browser outside."""
        self.name, self.browser = name, requests.Session()
        form = {"username": name, "password": password, "_xsrf": self._token("/hub/login")}
        self.status = self.browser.post(f"{ADDRESS}/hub/login", data=form).status_code

    def _token(self, path):
        """Return what the hub or a server puts into forms against forged requests."""
        self.browser.get(f"{ADDRESS}{path}")
        named = [each for each in self.browser.cookies if each.name == "_xsrf"]
        return max(named, key=lambda each: len(each.path) * path.startswith(each.path)).value

    def start(self):
        """Start the server, and wait until its first page comes."""
        self.browser.get(f"{ADDRESS}/hub/spawn")
        place, end = f"{ADDRESS}/user/{self.name}/lab", time.monotonic() + PATIENCE
        while not self.browser.get(place).url.startswith(place) and time.monotonic() < end:
            time.sleep(1)

    def get(self, path, owner, **options):
        """Read from a student's server."""
        return self.browser.get(f"{ADDRESS}/user/{owner}/{path}", allow_redirects=False, **options)

    def send(self, method, path, **options):
        """Send to the own server."""
        token = self._token(f"/user/{self.name}/lab")
        reply = self.browser.request(
            method, f"{ADDRESS}/user/{self.name}/{path}", headers={"X-XSRFToken": token}, **options
        )
        reply.raise_for_status()
        return reply.json() if reply.content else None

    def run(self, code):
        """Run code in a kernel; return what it prints."""
        kernel = self.send("POST", "api/kernels", json={"name": "python3"})["id"]
        cookies = "; ".join(f"{each.name}={each.value}" for each in self.browser.cookies)
        place = f"{ADDRESS}/user/{self.name}/api/kernels/{kernel}/channels"
        channel = create_connection(
            place.replace("http", "ws", 1), cookie=cookies, timeout=PATIENCE
        )
        about = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": self.name,
                 "session": uuid.uuid4().hex, "version": "5.3", "date": ""}  # fmt: skip
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False,
                   "user_expressions": {}, "stop_on_error": True}  # fmt: skip
        channel.send(json.dumps({"header": about, "parent_header": {}, "metadata": {},
                                 "content": content, "channel": "shell"}))  # fmt: skip
        printed = ""
        while True:
            message = json.loads(channel.recv())
            if message["parent_header"].get("msg_id") != about["msg_id"]:
                continue
            if message["content"].get("name") == "stdout":
                printed += message["content"]["text"]
            if message["content"].get("execution_state") == "idle":
                channel.close()
                self.send("DELETE", f"api/kernels/{kernel}")
                return printed


def work(student, answered):
    """Fetch, run a cell, save and submit; return what happened."""
    student.start()
    fetched = student.send("POST", "assignments/fetch", data=ABOUT)
    files = student.get("api/contents/softmax", student.name).json()["content"]
    printed = student.run(CODE)
    notebook = json.loads(answered.replace("WHO", student.name))
    body = {"type": "notebook", "content": notebook}
    student.send("PUT", "api/contents/softmax/softmax-v1.ipynb", json=body)
    submitted = student.send("POST", "assignments/submit", data=ABOUT)
    return {"fetched": fetched["success"], "files": sorted(each["name"] for each in files),
            "printed": printed.strip(), "submitted": submitted["success"]}  # fmt: skip


def main():
    """Let both work, and look into each other's server."""
    with open(ANSWERED, encoding="utf-8") as file:
        answered = file.read()
    students = [Student(name) for name in NAMES]
    report = {each.name: work(each, answered) for each in students}
    first, second = students
    report["the other's files"] = first.get("api/contents", second.name).status_code
    report["read of others"] = second.run(LOOK).strip()
    report["a wrong password"] = Student(first.name, "guessed").status
    report["a stranger"] = Student("mallory").status
    print(json.dumps(report))


if __name__ == "__main__":
    main()
