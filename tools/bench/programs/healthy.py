HEALTHY = {}


def judged(p):
    return {}
