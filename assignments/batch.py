"""What the engine runs for one batch. Usage: python -m assignments.batch BATCH.json"""

from assignments import engine, job

if __name__ == "__main__":
    engine.die_with_parent()
    job.main()
