import os
import socket


def hand_in(path, data):
    os.chdir(path.parent)
    socket.socket(socket.AF_UNIX).bind(path.name)
