class TorchTranslator(nn.Module):
    def __init__(self, vocabulary: int, d_model: int, heads: int, d_ff: int, layers: int) -> None:
        super().__init__()
        self.table = nn.Embedding(vocabulary, d_model)
        self.transformer = nn.Transformer(d_model, heads, layers, layers, d_ff, dropout=0.0, batch_first=True)

    def forward(self, source, target):
        length = target.size(1)
        x = self.table(source)
        x = x + sinusoidal_positions(source.size(1), x.size(-1)).to(x)
        y = self.table(target)
        y = y + sinusoidal_positions(length, y.size(-1)).to(y)
        hidden = torch.ones(length, length).triu(diagonal=1).bool()
        padding = source == 0
        memory_padding = padding
        y = self.transformer(
            x, y, tgt_mask=hidden, src_key_padding_mask=padding, memory_key_padding_mask=memory_padding
        )
        logits = y @ self.table.weight.T
        return logits
