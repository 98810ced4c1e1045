package org.ringfence.wasm.run;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.wasm.imports.Reply;
import org.ringfence.wasm.module.WasmFile;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.MStack;
import run.endive.runtime.Memory;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.Instruction;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.OpCode;

/**
 * One instance of a module, run from an import to the next.
 *
 * <p>At an import the module's own stack is unwound into its memory, by code that asyncify has put into it: so all that
 * is to be kept lies in memory and in globals, and the interpreter's stack is empty. To go on the memory is put back, the
 * stack rewound by the same code, and the import returns. One page of memory, behind the module's own, is for that. What
 * lies below the stack pointer is dead and is zeroed, so that it tells no two points apart.
 */
final class Running {
    /** Instructions between two imports, past which a module is taken to be in a loop that never ends. */
    static final int MOST_INSTRUCTIONS = 10_000_000;

    private static final int PAGE = 0x1_0000;
    private static final int MOST_PAGES = 512;
    private static final int HEAD = 8;

    private final WasmFile file;
    private final int entry;
    private final long[] arguments;
    private final int panic;
    private final Instance instance;
    private final Memory memory;
    private final byte[] initial;
    private final int base;
    private final List<Integer> variables = new ArrayList<>();
    private final Watch watch = new Watch();
    private Doing doing = Doing.RUNNING;
    private int called;
    private long[] callArguments = {};
    private int calledFrom;
    private long returned;

    /** What the code of asyncify is at. */
    private enum Doing {
        RUNNING,
        UNWINDING,
        REWINDING
    }

    /** Thrown where the module calls the function {@code panic} that it exports. */
    private static final class Panics extends RuntimeException {
        private static final long serialVersionUID = 1;

        Panics() {
            super(null, null, false, false);
        }
    }

    /** Thrown where it does not come back. */
    private static final class Endless extends RuntimeException {
        private static final long serialVersionUID = 1;

        Endless() {
            super(null, null, false, false);
        }
    }

    /** Looks at each instruction. */
    private final class Watch implements run.endive.runtime.ExecutionListener {
        private Instruction last = new Instruction(0, OpCode.NOP, Instruction.EMPTY_OPERANDS);
        private int calledAt;
        private int left;

        @Override
        public void onExecution(Instruction instruction, MStack stack) {
            last = instruction;
            OpCode opcode = instruction.opcode();
            if (opcode == OpCode.CALL || opcode == OpCode.CALL_INDIRECT) {
                calledAt = instruction.address();
                if (opcode == OpCode.CALL && instruction.operand(0) == panic && doing == Doing.RUNNING) {
                    throw new Panics();
                }
            }
            if (--left < 0) {
                throw new Endless();
            }
        }
    }

    /**
     * A fresh instance.
     *
     * @param entry the index of the function that is run
     */
    Running(WasmFile file, int entry, long[] arguments) {
        this.file = file;
        this.entry = entry;
        this.arguments = arguments;
        this.panic = file.exported("panic").orElse(-1);
        this.instance = Instance.builder(file.module())
                .withImportValues(imports())
                .withMemoryFactory(Running::memory)
                .withUnsafeExecutionListener(watch)
                .withStart(false)
                .build();
        this.memory = instance.memory();
        this.base = (memory.pages() - 1) * PAGE;
        this.initial = memory.readBytes(0, memory.pages() * PAGE);
        for (int i = 0; i < instance.globalCount(); i++) {
            if (instance.global(i).getMutabilityType() == MutabilityType.Var) {
                variables.add(i);
            }
        }
    }

    private static Memory memory(MemoryLimits declared) {
        int pages = declared.initialPages() + 1;
        return new ByteArrayMemory(new MemoryLimits(pages, Math.max(pages, MOST_PAGES)));
    }

    private ImportValues imports() {
        ImportValues.Builder values = ImportValues.builder();
        for (int i = 0; i < file.imported().size(); i++) {
            FunctionImport one = (FunctionImport) file.module().importSection().getImport(i);
            int index = i;
            boolean gives = file.imported().get(i).signature().result() != null;
            values.addFunction(new HostFunction(
                    one.module(),
                    one.name(),
                    file.module().typeSection().getType(one.typeIndex()),
                    (self, given) -> called(index, given, gives)));
        }
        return values.build();
    }

    private long[] called(int index, long[] given, boolean gives) {
        if (doing == Doing.REWINDING) {
            call("asyncify_stop_rewind");
            doing = Doing.RUNNING;
            return gives ? new long[] {returned} : new long[] {};
        }
        called = index;
        callArguments = given.clone();
        calledFrom = watch.calledAt;
        memory.writeI32(base, base + HEAD);
        memory.writeI32(base + Integer.BYTES, base + PAGE);
        call("asyncify_start_unwind", base);
        doing = Doing.UNWINDING;
        return gives ? new long[] {0} : new long[] {};
    }

    private void call(String function, long... given) {
        instance.export(function).apply(given);
    }

    /** Runs from the beginning. */
    Stand start() {
        return run();
    }

    /**
     * Runs from where the module stood.
     *
     * @param before what this instance was left at, which is put back; null where nobody knows
     */
    Stand resume(@org.jspecify.annotations.Nullable Snapshot before, Snapshot from, Reply reply) {
        if (before == null) {
            memory.write(0, initial, 0, initial.length);
        } else {
            before.erase(memory::write);
        }
        from.write(memory::write);
        for (int i = 0; i < variables.size(); i++) {
            instance.global(variables.get(i)).setValueLow(from.globals()[i]);
        }
        for (Reply.Write write : reply.writes()) {
            memory.writeLong((int) write.address(), write.value());
        }
        returned = reply.value();
        doing = Doing.REWINDING;
        return run();
    }

    private Stand run() {
        watch.left = MOST_INSTRUCTIONS;
        try {
            if (doing == Doing.REWINDING) {
                call("asyncify_start_rewind", base);
            }
            instance.getMachine().call(entry, arguments);
        } catch (Panics gaveUp) {
            return new Stand.Panicked("panic at " + place());
        } catch (Endless endless) {
            return new Stand.Panicked("%s: does not come back, %,d instructions without an import, at %s"
                    .formatted(file.name(), MOST_INSTRUCTIONS, place()));
        } catch (WasmEngineException trap) {
            return new Stand.Panicked("%s: trap at %s (%s)".formatted(file.name(), place(), trap.getMessage()));
        }
        if (doing != Doing.UNWINDING) {
            doing = Doing.RUNNING;
            return new Stand.Ended();
        }
        call("asyncify_stop_unwind");
        doing = Doing.RUNNING;
        return new Stand.Calls(snapshot());
    }

    private Snapshot snapshot() {
        memory.fill((byte) 0, memory.readInt(base), base + PAGE);
        int top = (int) instance.global(file.stackPointer()).getValueLow();
        memory.fill((byte) 0, 0, Math.max(0, top));
        long[] globals = variables.stream().mapToLong(index -> instance.global(index).getValueLow()).toArray();
        byte[] now = memory.readBytes(0, initial.length);
        return Snapshot.of(now, initial, globals, called, callArguments, calledFrom);
    }

    private String place() {
        int address = watch.last.address();
        return file.line(address)
                .map(line -> "%s (%s:%d)".formatted(file.function(address), line.file(), line.line()))
                .orElse("%s at 0x%X".formatted(file.function(address), address));
    }
}
