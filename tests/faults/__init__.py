"""What breaks around the whole product: killed, starved, damaged, lied to. Everything here runs the real sidecar."""
