class WordAndPlace(nn.Module):
    def __init__(self, vocabulary, d_model, max_length):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, d_model)
        self.register_buffer("table", sinusoids(max_length, d_model), persistent=False)

    def forward(self, ids):
        return self.embedding(ids) * math.sqrt(self.embedding.embedding_dim) + self.table[: ids.size(1)]
