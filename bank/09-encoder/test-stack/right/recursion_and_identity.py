class Stack(nn.Module):
    def __init__(self, d_model, heads, d_ff, layers, norm):
        super().__init__()
        self.layers = nn.ModuleList()
        while len(self.layers) < layers:
            self.layers.append(make_layer(d_model, heads, d_ff, norm))
        self.norm = nn.LayerNorm(d_model) if norm == "pre" else nn.Identity()

    def forward(self, x, real=None, depth=None):
        if real is None:
            real = torch.ones(x.shape[:2], dtype=torch.bool)

        def after(n):
            return x if n == 0 else self.layers[n - 1](after(n - 1), src_key_padding_mask=real.logical_not())

        return self.norm(after(len(self.layers) if depth is None else depth))
