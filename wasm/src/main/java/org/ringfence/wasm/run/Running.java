package org.ringfence.wasm.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.ringfence.wasm.imports.AccessImports;
import org.ringfence.wasm.imports.Reply;
import org.ringfence.wasm.module.WasmFile;
import org.ringfence.wasm.shared.SharedRanges;
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
 * is to be kept lies in memory and in globals, and the interpreter's stack is empty. To go on the memory is put back,
 * the stack rewound by the same code, and the import returns. One page of memory, behind the module's own, is for that.
 * What lies below the stack pointer is dead and is zeroed, so that it tells no two points apart.
 */
final class Running {
    /** Instructions between two imports, past which a module is taken to be in a loop that never ends. */
    static final int MOST_INSTRUCTIONS = 10_000_000;

    private static final int PAGE = 0x1_0000;
    private static final int MOST_PAGES = 512;
    private static final int HEAD = 8;
    private static final long ADDRESS = 0xFFFF_FFFFL;
    private static final int NUMBERS_OF_A_STORE = 3;

    private final WasmFile file;
    private final int entry;
    private final long[] arguments;
    private final SharedRanges shared;
    private final AccessImports.Kind[] kinds;
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
    private long loadAt;
    private int loadBytes;
    private final Map<Long, Access> stores = new TreeMap<>();

    /** Where a store is about to be. */
    private record Access(long address, int bytes) {}

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
    Running(WasmFile file, int entry, long[] arguments, SharedRanges shared) {
        this.file = file;
        this.entry = entry;
        this.arguments = arguments;
        this.shared = shared;
        this.kinds = file.imported().stream().map(AccessImports.Kind::of).toArray(AccessImports.Kind[]::new);
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
        return switch (kinds[index]) {
            case NONE -> unwind(index, given.clone(), gives);
            case LOAD_AT -> {
                loadAt = given[2] + given[3] & ADDRESS;
                loadBytes = (int) given[1];
                yield new long[] {given[3]};
            }
            case STORE_AT -> {
                Access access = new Access(given[2] + given[3] & ADDRESS, (int) given[1]);
                if (isShared(access.address, access.bytes)) {
                    stores.put(given[0] & ADDRESS, access);
                }
                yield new long[] {given[3]};
            }
            case LOADED ->
                isShared(loadAt, loadBytes)
                        ? unwind(index, new long[] {given[0], given[1], loadAt, loadBytes}, gives)
                        : new long[] {given[1]};
            case STORED -> {
                Access access = stores.remove(given[0] & ADDRESS);
                yield access == null
                        ? new long[] {given[1]}
                        : unwind(index, new long[] {given[0], given[1], access.address, access.bytes}, gives);
            }
        };
    }

    private boolean isShared(long address, int bytes) {
        return shared.at(address, bytes).isPresent();
    }

    private long[] unwind(int index, long[] given, boolean gives) {
        called = index;
        callArguments = given;
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
        stores.clear();
        for (int i = variables.size(); i < from.globals().length; i += NUMBERS_OF_A_STORE) {
            stores.put(from.globals()[i], new Access(from.globals()[i + 1], (int) from.globals()[i + 2]));
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
        // What the module has of shared memory is of no account.
        for (SharedRanges.Placed range : shared.ranges()) {
            int from = (int) range.address();
            memory.write(from, initial, from, range.region().bytes());
        }
        LongStream.Builder numbers = LongStream.builder();
        variables.forEach(index -> numbers.add(instance.global(index).getValueLow()));
        stores.forEach((number, access) -> numbers.add(number).add(access.address).add(access.bytes));
        long[] globals = numbers.build().toArray();
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
