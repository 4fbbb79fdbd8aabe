class Stack(nn.Module):
    def __init__(self, d_model, heads, d_ff, layers, norm):
        super().__init__()
        self.layers = nn.ModuleList(make_layer(d_model, heads, d_ff, norm) for _ in range(layers))
        self.pre = norm == "pre"
        if self.pre:
            self.norm = nn.LayerNorm(d_model)

    def forward(self, x, real=None, depth=None):
        penalty = None
        if real is not None:
            penalty = torch.zeros(real.shape, dtype=x.dtype).masked_fill(~real, float("-inf"))
        for number, layer in enumerate(self.layers):
            if depth is not None and number >= depth:
                break
            x = layer(x, src_key_padding_mask=penalty)
        return self.norm(x) if self.pre else x
