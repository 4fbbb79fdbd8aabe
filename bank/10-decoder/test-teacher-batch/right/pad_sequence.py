def teacher_batch(sentences):
    pad = nn.utils.rnn.pad_sequence
    inputs = pad([torch.tensor([BOS, *s]) for s in sentences], batch_first=True, padding_value=PAD)
    labels = pad([torch.tensor([*s, EOS]) for s in sentences], batch_first=True, padding_value=PAD)
    return inputs, labels
