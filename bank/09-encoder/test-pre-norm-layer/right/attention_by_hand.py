class PreNormLayer(nn.Module):
    def __init__(self, d_model: int, heads: int, d_ff: int) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(d_model, heads, batch_first=True)
        self.inner = nn.Linear(d_model, d_ff)
        self.outer = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)

    def forward(self, x: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        h = self.norm1(x)
        a = self.attention
        q, k, v = F.linear(h, a.in_proj_weight, a.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (a.num_heads, -1)).transpose(1, 2) for t in (q, k, v))
        found = F.scaled_dot_product_attention(q, k, v, real[:, None, None, :])
        attended = a.out_proj(found.transpose(1, 2).flatten(2))
        x = x + attended
        hidden = self.norm2(x)
        return x + self.outer(self.inner(hidden).relu())
