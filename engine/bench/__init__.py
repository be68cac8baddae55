"""How fast sampling goes here, beside what the machine allows and beside another implementation."""
