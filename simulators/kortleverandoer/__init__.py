"""Stand-in for the supplier of health cards: takes orders, draws and sends the cards on the hub's clock."""
