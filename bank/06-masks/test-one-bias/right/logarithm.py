def one_bias(attn_mask, key_padding_mask, dtype):
    # log 1 = 0, log 0 = minus infinity
    first = (~attn_mask).to(dtype).log() if attn_mask.dtype == torch.bool else attn_mask.to(dtype)
    second = (~key_padding_mask).to(dtype).log() if key_padding_mask.dtype == torch.bool else key_padding_mask.to(dtype)
    return torch.stack([first + row for row in second])
