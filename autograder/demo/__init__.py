"""What `make course` shows: the bundled sample class, handed in and graded."""
