def layer_size(d_model, heads, groups, d_k, d_v, bias):
    query = d_model * heads * d_k
    key = d_model * groups * d_k
    value = d_model * groups * d_v
    output = heads * d_v * d_model
    parameters = query + key + value + output
    if bias:
        parameters += heads * d_k + groups * d_k + groups * d_v + d_model
    return groups * d_k + groups * d_v, parameters
