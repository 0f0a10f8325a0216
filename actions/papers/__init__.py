"""The papers that go before bodies: what they say, who signs them, and what the signer does with them before they go. No rounds."""
