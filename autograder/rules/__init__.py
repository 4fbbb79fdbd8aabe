"""What an assignment allows: pure syntax, and numbers. Nothing here runs anything."""
