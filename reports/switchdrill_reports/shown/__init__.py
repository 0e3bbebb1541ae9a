"""What people see: the page, its charts, the terminal's summary, JUnit; pure views of a Result."""
