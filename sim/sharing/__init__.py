"""Who bears which loss: the grammar of contracts, the waterfall, guarantors, and how far their failure reaches."""
