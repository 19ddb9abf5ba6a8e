"""The read API: who is let in, what is asked, and that nothing is changed."""
