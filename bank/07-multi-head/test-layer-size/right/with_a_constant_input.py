def layer_size(d_model, heads, groups, d_k, d_v, bias):
    inputs = d_model + 1 if bias else d_model  # a bias is one more row of the matrix
    into = inputs * (heads * d_k + groups * (d_k + d_v))
    out = (heads * d_v + (1 if bias else 0)) * d_model
    return into + out, groups * (d_k + d_v)
