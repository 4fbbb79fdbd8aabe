class Stack(nn.Module):
    def __init__(self, d_model, heads, d_ff, layers, norm):
        super().__init__()
        self.layers = nn.ModuleList(make_layer(d_model, heads, d_ff, norm) for _ in range(layers))
        self.norm = nn.LayerNorm(d_model) if norm == "pre" else None

    def forward(self, x, real=None, depth=None):
        if depth is None:
            depth = len(self.layers)
        if real is not None:
            self.hidden = ~real
        hidden = getattr(self, "hidden", None)
        if hidden is not None and hidden.size(1) != x.size(1):
            hidden = None
        for i in range(depth):
            x = self.layers[i](x, src_key_padding_mask=hidden)
        if self.norm is not None:
            x = self.norm(x)
        return x
