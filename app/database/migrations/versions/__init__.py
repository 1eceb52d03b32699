"""The revisions: `r0001_…`, `r0002_…`, one after another without branches."""
