class CrossAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int) -> None:
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)
        self.memory = None

    def forward(self, x: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
        if memory is not self.memory:  # the sentence that is read stays the same while the other one is written
            self.memory, self.key, self.value = memory, self.to_key(memory), self.to_value(memory)
        scores = self.to_query(x) @ self.key.transpose(1, 2)
        return torch.softmax(scores / math.sqrt(self.key.size(-1)), dim=-1) @ self.value
