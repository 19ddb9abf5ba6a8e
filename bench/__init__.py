"""`make bench`: the hub against the app one would write without its core, and against what the machine can move."""
