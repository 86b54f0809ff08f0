"""The engine: loops over rows, tables of columns, draws by key. It knows nothing of credit."""
