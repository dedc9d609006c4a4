"""What RapidOCR takes for the same pages: seconds of wall clock and of processor a page, with so many threads.

python -m venv target/rapidocr
target/rapidocr/bin/pip install rapidocr==3.10.0 onnxruntime==1.32.0
RAPIDOCR=target/rapidocr/bin/python cargo bench --bench ocr     (the bench runs this file between its own runs)
target/rapidocr/bin/python benches/ocr/peer.py FOLDER THREADS   (alone)
"""

import json
import os
import sys
import time

folder, threads = sys.argv[1], int(sys.argv[2])
# No more cores than threads, whatever libraries start on their own.
os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:threads]))

import cv2  # noqa: E402
from rapidocr import RapidOCR  # noqa: E402

cv2.setNumThreads(threads)
onnx = "EngineConfig.onnxruntime."
reader = RapidOCR(
    params={
        onnx + "intra_op_num_threads": threads,
        onnx + "inter_op_num_threads": 1,
        "Global.log_level": "error",
    }
)
forms = json.load(open(os.path.join(folder, "truth.json"), encoding="utf-8"))["forms"]
paths = [os.path.join(folder, form["file"]) for form in forms]
pictures = [cv2.imread(path) for path in paths]
reader(pictures[0])  # the first page pays for loading
wall, processor = time.perf_counter(), time.process_time()
for picture in pictures:
    reader(picture)
wall, processor = time.perf_counter() - wall, time.process_time() - processor
print(f"{wall / len(pictures):.3f} {processor / len(pictures):.3f}")
