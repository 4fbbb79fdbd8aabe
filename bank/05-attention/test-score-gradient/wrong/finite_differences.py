def score_gradient(scores, value, output_gradient):
    def loss(s):
        return (torch.softmax(s, dim=-1) @ value * output_gradient).sum()

    step = 1e-5
    gradient = torch.zeros_like(scores)
    for index in range(scores.numel()):
        up, down = scores.clone(), scores.clone()
        up.view(-1)[index] += step
        down.view(-1)[index] -= step
        gradient.view(-1)[index] = (loss(up) - loss(down)) / (2 * step)
    return gradient
