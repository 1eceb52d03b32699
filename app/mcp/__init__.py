"""kefu as a server of the Model Context Protocol: search, answers and actions for other people's assistants."""

from app.mcp.server import SupportServer, serve_stdio

__all__ = ["SupportServer", "serve_stdio"]
