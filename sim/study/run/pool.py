"""A pool of processes on the protocol of `concurrent.futures` in which a lost worker costs its own task only.

The pool of the standard library breaks as a whole when one worker dies, and cannot end a task that hangs. Here
every worker has a pipe of its own, so the parent knows which task went with it, and goes on with the others.
Where no worker can be had any more, every call that waits ends with that error: nobody waits for ever.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, InvalidStateError
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from sim.study.run.worker import context_of_workers, main_left_alone, serve

PAUSES = (0.1, 0.5, 2.0)
"""Seconds between attempts to start a worker: a server that forks comes back, a crowded machine has room again."""


class WorkerLost(Exception):
    """A worker ended, or was ended at its deadline, before its task was done."""


class PoolBroken(BrokenExecutor):
    """No worker can be started or reached; what was handed in ends with this."""


@dataclass(eq=False)
class _Order:
    future: Future[Any]
    call: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
    seconds: float
    tries: int = 0


@dataclass(eq=False)
class _Worker:
    process: Any
    pipe: Connection
    order: _Order | None = None
    due: float = 0.0
    served: int = 0
    sources: tuple[Any, ...] = field(default=())

    def __post_init__(self) -> None:
        self.sources = (self.pipe, self.process.sentinel)


class WorkerPool(Executor):
    """Processes of this machine that run one task each at a time.

    Parameters
    ----------
    workers : int
        Most processes at a time; they start when there is work for them.
    recycle : int
        Tasks after which a worker is replaced by a fresh one, so that nothing it keeps can pile up.
    """

    def __init__(self, workers: int, recycle: int = 100) -> None:
        self._most, self._recycle = workers, recycle
        self._context = context_of_workers()
        self._waiting: deque[_Order] = deque()
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()
        self._closing = self._killed = False
        self._broken: PoolBroken | None = None
        self._open: set[Future[Any]] = set()
        self._ear, self._bell = self._context.Pipe(duplex=False)
        self._manager = threading.Thread(target=self._manage, daemon=True)
        self._manager.start()

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand out a call; the future raises `WorkerLost` when its worker dies."""
        return self.submit_within(0.0, function, *args, **kwargs)

    def submit_within(self, seconds: float, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand out a call whose worker is ended when it takes longer than ``seconds`` (0: as long as it takes)."""
        order = _Order(Future(), (function, args, kwargs), seconds)
        with self._lock:
            if self._broken:
                raise self._broken
            if self._closing:
                raise RuntimeError("the pool has been shut down")
            self._waiting.append(order)
            self._open.add(order.future)
        order.future.add_done_callback(self._open.discard)
        self._ring()
        return order.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; return when what was handed in is done, unless told not to wait."""
        with self._lock:
            self._closing = True
            dropped = list(self._waiting) if cancel_futures else []
            if cancel_futures:
                self._waiting.clear()
        for order in dropped:
            order.future.cancel()
        self._ring()
        if wait:
            self._manager.join()

    def kill(self) -> None:
        """End the workers now, without waiting for what they are at."""
        self._killed = True
        self.shutdown(cancel_futures=True)

    def _ring(self) -> None:
        with contextlib.suppress(OSError):
            self._bell.send_bytes(b".")

    # ---- the manager's thread -------------------------------------------------------------------

    def _manage(self) -> None:
        try:
            self._hand_out()
        except BaseException as error:  # a manager that died in silence would leave its callers waiting
            self._break(error)

    def _break(self, error: BaseException) -> None:
        """End every call with an error, and take no more."""
        with self._lock:
            self._broken = PoolBroken(f"no worker process can be had: {type(error).__name__}: {error}")
            self._broken.__cause__ = error
        for worker in self._workers:
            with contextlib.suppress(Exception):
                worker.process.kill()
        for future in list(self._open):
            with contextlib.suppress(InvalidStateError):  # cancelled meanwhile
                future.set_exception(self._broken)

    def _hand_out(self) -> None:
        while True:
            with self._lock:
                while not self._killed and self._waiting and (worker := self._free()) is not None:
                    self._give(worker, self._waiting.popleft())
                busy = [worker for worker in self._workers if worker.order is not None]
                if self._killed or (self._closing and not self._waiting and not busy):
                    break
            dues = [worker.due for worker in busy if worker.due]
            patience = max(0.0, min(dues) - time.monotonic()) if dues else None
            sources = [source for worker in self._workers for source in worker.sources]
            heard = set(map(id, wait([self._ear, *sources], patience)))
            while self._ear.poll():
                self._ear.recv_bytes()
            for worker in list(self._workers):
                self._attend(worker, heard)
        for worker in list(self._workers):
            self._end(worker, WorkerLost("the pool was ended"))

    def _free(self) -> _Worker | None:
        """Return an idle worker, a new one where there may be more, or None."""
        for worker in self._workers:
            if worker.order is None:
                return worker
        if len(self._workers) >= self._most:
            return None
        for pause in PAUSES:
            with contextlib.suppress(OSError, EOFError):
                return self._start()
            time.sleep(pause)
        if not self._workers:
            return self._start()
        self._most = len(self._workers)  # fewer than asked for do the work as well
        return None

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=serve, args=(theirs,), daemon=False)  # type: ignore[attr-defined]
        try:
            with main_left_alone():
                process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _give(self, worker: _Worker, order: _Order) -> None:
        if not order.future.running() and not order.future.set_running_or_notify_cancel():
            return
        try:
            worker.pipe.send(order.call)
        except OSError:  # it died while idle: another one takes the call
            self._end(worker)
            order.tries += 1
            if order.tries < len(PAUSES):
                self._waiting.appendleft(order)
            else:
                order.future.set_exception(WorkerLost("no worker lived long enough to take it"))
            return
        except Exception as error:  # what cannot be pickled
            order.future.set_exception(error)
            return
        worker.order = order
        worker.due = time.monotonic() + order.seconds if order.seconds else 0.0

    def _attend(self, worker: _Worker, heard: set[int]) -> None:
        if id(worker.pipe) in heard:
            try:
                good, answer = worker.pipe.recv()
            except Exception:  # the pipe closed with the worker, perhaps in the middle of an answer
                self._end(worker, _loss(worker))
                return
            order, worker.order = worker.order, None
            worker.served += 1
            if worker.served >= self._recycle:
                self._end(worker)
            if order is not None:
                order.future.set_result(answer) if good else order.future.set_exception(answer)
        elif id(worker.process.sentinel) in heard or not worker.process.is_alive():
            self._end(worker, _loss(worker))
        elif worker.order is not None and worker.due and time.monotonic() > worker.due:
            self._end(worker, WorkerLost(f"took longer than its deadline of {worker.order.seconds:.0f} s"))

    def _end(self, worker: _Worker, loss: WorkerLost | None = None) -> None:
        """Take a worker out; its task, if it has one, is lost."""
        self._workers.remove(worker)
        worker.pipe.close()
        with contextlib.suppress(OSError, ValueError):
            worker.process.kill()
        worker.process.join(timeout=5)
        if worker.order is not None:
            worker.order.future.set_exception(loss or WorkerLost("its worker was ended"))


def _loss(worker: _Worker) -> WorkerLost:
    worker.process.join(timeout=5)
    code = worker.process.exitcode
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return WorkerLost(f"its worker process was ended by {signal.Signals(-code).name}")
    return WorkerLost(f"its worker process ended (exit status {code})")
