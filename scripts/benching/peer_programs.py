"""The programs that the peers run: argv is how many steps, and a folder of their own. Every step is /bin/true.

Each prints how many seconds its steps took. What it needs before, to be imported, to make its tables and to start its
server, is done by then and not counted: where the first steps pay for that, some are run beforehand.
"""

TRUE = """
import contextlib, os, sys, time
count = int(sys.argv[1])


@contextlib.contextmanager
def timed():
    begun = time.monotonic()
    yield
    print("took", time.monotonic() - begun, flush=True)


def true():
    pid = os.posix_spawn("/bin/true", ["/bin/true"], {})
    _, status = os.waitpid(pid, 0)
    assert status == 0
"""

PROGRAMS = {}

PROGRAMS["spawn"] = TRUE + """
live = 0
with timed():
    for _ in range(count):
        if live == 8:
            os.wait()
            live -= 1
        os.posix_spawn("/bin/true", ["/bin/true"], {})
        live += 1
    for _ in range(live):
        os.wait()
"""

PROGRAMS["sync"] = TRUE + """
file = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
with timed():
    for _ in range(count):
        os.write(file, b"x" * 200)
        os.fdatasync(file)
"""

PROGRAMS["doit"] = TRUE + """
from doit.cmd_base import TaskLoader2
from doit.doit_cmd import DoitMain
from doit.task import dict_to_task


class Loader(TaskLoader2):
    def setup(self, opt_values):
        pass

    def load_doit_config(self):
        return {"verbosity": 0, "dep_file": sys.argv[2] + "/doit.db"}

    def load_tasks(self, cmd, pos_args):
        return [dict_to_task({"name": f"t{index}", "actions": ["/bin/true"]}) for index in range(count)]


with timed():
    code = DoitMain(Loader()).run(["run", "-n", "8", "-P", "thread"])
sys.exit(code)
"""

PROGRAMS["luigi"] = TRUE + """
import luigi, logging
logging.disable(logging.CRITICAL)


class Step(luigi.Task):
    number = luigi.IntParameter()

    def output(self):
        return luigi.LocalTarget(f"{sys.argv[2]}/{self.number}")

    def run(self):
        true()
        open(self.output().path, "w").close()


steps = [Step(number=index) for index in range(count)]
with timed():
    ended = luigi.build(steps, workers=8, local_scheduler=True, detailed_summary=True)
sys.exit(0 if ended.scheduling_succeeded else 1)
"""

PROGRAMS["prefect"] = TRUE + """
from prefect import flow, task
from prefect.task_runners import ThreadPoolTaskRunner


@task
def step(number):
    true()


@flow(task_runner=ThreadPoolTaskRunner(max_workers=8))
def steps(count):
    for future in [step.submit(index) for index in range(count)]:
        future.result()


# Its server starts with the first flow.
steps(8)
with timed():
    steps(count)
"""

PROGRAMS["dagster"] = TRUE + """
import logging
logging.disable(logging.CRITICAL)
from dagster import DagsterInstance, job, op

open(sys.argv[2] + "/dagster.yaml", "w").close()


def made(number):
    @op(name=f"s{number}")
    def step():
        true()
    return step


@job
def steps():
    for number in range(count):
        made(number)()


@job
def one():
    made(count)()


with DagsterInstance.get() as instance:
    # Its tables are made with the first job.
    assert one.execute_in_process(instance=instance).success
    with timed():
        assert steps.execute_in_process(instance=instance).success
"""

PROGRAMS["dbos"] = TRUE + """
import logging
from concurrent.futures import ThreadPoolExecutor
from dbos import DBOS, DBOSConfig

config: DBOSConfig = {"name": "bench", "system_database_url": f"sqlite:///{sys.argv[2]}/dbos.sqlite",
                      "log_level": "CRITICAL", "run_admin_server": False}
DBOS(config=config)


@DBOS.step()
def step(number):
    true()


@DBOS.workflow()
def steps(count):
    for number in range(count):
        step(number)


DBOS.launch()
steps(8)
with timed():
    steps(count)
DBOS.destroy()
"""
