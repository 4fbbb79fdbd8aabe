def article_network():
    names = ["article", "masculine", "feminine", "object", "indirect", "der", "die", "das", "den", "dem"]
    genders = {"masculine": (1, -1), "feminine": (-1, 1), "neuter": (-1, -1)}
    roles = {"subject": (-1, -1), "object": (1, -1), "indirect": (-1, 1)}
    table = {
        "subject": ["der", "die", "das"],
        "object": ["den", "die", "das"],
        "indirect": ["dem", "der", "dem"],
    }
    W_1, b_1, W_2, b_2 = torch.zeros(10, 9), torch.zeros(9), torch.zeros(9, 10), torch.zeros(10)
    unit = 0
    for role, of_role in roles.items():
        for gender, of_gender in zip(genders, genders.values()):
            signs = [1, *of_gender, *of_role]
            W_1[:5, unit] = torch.tensor(signs, dtype=torch.float32)
            b_1[unit] = 2 - sum(sign for sign in signs if sign > 0)
            answer = table[role][list(genders).index(gender)]
            W_2[unit, names.index(answer)] = 1
            unit += 1
    return W_1, b_1, W_2, b_2
