"""The ways to lose a site: with its containers, at its address, with the server that carries its links."""
