class CrossAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int) -> None:
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)

    def forward(self, x: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
        query = self.to_query(x)
        key = self.to_key(memory)
        value = self.to_value(memory)
        exponentials = torch.exp(query @ key.transpose(1, 2) / math.sqrt(key.size(-1)))
        weights = exponentials / exponentials.sum(-1, keepdim=True)
        return weights @ value
