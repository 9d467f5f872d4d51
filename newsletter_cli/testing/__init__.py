"""What an author of a provider tests with: the contract test class, the loopback provider."""
