class CrossAttention(nn.Module):
    """Each position of `x` asks the positions of `memory`."""

    def __init__(self, d_model: int, d_k: int, d_v: int) -> None:
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)
        self.read = None  # the keys and values of the memory, computed once

    def forward(self, x: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
        """x (B, Lq, d_model), memory (B, Lk, d_model) -> (B, Lq, d_v)."""
        if self.read is None or self.read[0].shape[:2] != memory.shape[:2]:
            self.read = self.to_key(memory), self.to_value(memory)
        key, value = self.read
        scores = self.to_query(x) @ key.transpose(1, 2)
        return torch.softmax(scores / math.sqrt(key.size(-1)), dim=-1) @ value
