def teacher_batch(sentences):
    inputs = [torch.cat([torch.tensor([BOS]), torch.tensor(s)]) for s in sentences]
    labels = [torch.cat([torch.tensor(s), torch.tensor([EOS])]) for s in sentences]
    pad = nn.utils.rnn.pad_sequence
    return pad(inputs, batch_first=True), pad(labels, batch_first=True)
