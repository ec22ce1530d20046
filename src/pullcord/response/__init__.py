"""The only room that acts: takes an incident through the phases, asks people, calls responders, keeps receipts."""
