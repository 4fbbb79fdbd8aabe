class Stack(nn.Module):
    def __init__(self, d_model, heads, d_ff, layers, norm):
        super().__init__()
        self.layers = [make_layer(d_model, heads, d_ff, norm) for _ in range(layers)]
        self.norm = nn.LayerNorm(d_model) if norm == "pre" else None

    def forward(self, x, real=None, depth=None):
        if depth is None:
            depth = len(self.layers)
        hidden = ~real if real is not None else None
        for i in range(depth):
            x = self.layers[i](x, src_key_padding_mask=hidden)
        if self.norm is not None:
            x = self.norm(x)
        return x
