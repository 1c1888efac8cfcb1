"""Where students' code runs: launcher, isolation, Podman, the worker and the protocol."""
