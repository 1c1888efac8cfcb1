"""What the engine runs for one batch. Usage: python -m grader.run.batch BATCH.json"""

from grader.run import engine, job

if __name__ == "__main__":
    engine.die_with_parent()
    job.main()
