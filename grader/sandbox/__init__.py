"""Run students' code in isolation: launcher, isolation, Podman, worker and protocol."""
