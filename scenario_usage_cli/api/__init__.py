"""Everything that knows HTTP and the wire format of the Scenario API."""
