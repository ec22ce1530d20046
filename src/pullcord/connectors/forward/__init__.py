"""Findings out: to a SIEM by syslog or HEC, and to anything by webhook."""
