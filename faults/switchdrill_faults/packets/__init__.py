"""The packet path as a mechanism: nftables on this host or in a container, or a container off its networks."""
