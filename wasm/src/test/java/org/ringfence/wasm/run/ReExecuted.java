package org.ringfence.wasm.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.wasm.imports.AccessImports;
import org.ringfence.wasm.imports.Import;
import org.ringfence.wasm.imports.ImportCall;
import org.ringfence.wasm.imports.Reply;
import org.ringfence.wasm.imports.Signature;
import org.ringfence.wasm.module.WasmFile;
import org.ringfence.wasm.shared.SharedRanges;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.wasm.types.FunctionImport;

/**
 * A module run as a routine of Java is: a new instance a history, its imports answered from that history. It needs no
 * snapshots, and so tells whether those tell the truth.
 */
record ReExecuted(String sha256, List<Long> arguments, Geometry geometry, String shared) implements Routine<Done> {
    private static final Map<String, WasmFile> FILES = new ConcurrentHashMap<>();

    static ReExecuted of(WasmFile file, List<Long> arguments, Geometry geometry, String shared) {
        FILES.put(file.sha256(), file);
        return new ReExecuted(file.sha256(), arguments, geometry, shared);
    }

    @Override
    public Done run(Cpu cpu) {
        WasmFile file = java.util.Objects.requireNonNull(FILES.get(sha256));
        Accesses accesses = new Accesses(SharedRanges.of(shared, file));
        ImportValues.Builder values = ImportValues.builder();
        for (int i = 0; i < file.imported().size(); i++) {
            FunctionImport one = (FunctionImport) file.module().importSection().getImport(i);
            Import imported = file.imported().get(i);
            values.addFunction(new HostFunction(
                    one.module(),
                    one.name(),
                    file.module().typeSection().getType(one.typeIndex()),
                    (instance, given) -> {
                        long[] told = accesses.called(imported, given);
                        if (told.length == 1) {
                            return told;
                        }
                        Reply reply = imported.work().of(
                                new Live(cpu, instance, imported, told, file, geometry, accesses.ranges));
                        reply.writes().forEach(
                                write -> instance.memory().writeLong((int) write.address(), write.value()));
                        return imported.signature().result() == null
                                ? new long[] {}
                                : new long[] {reply.value()};
                    }));
        }
        Instance instance = Instance.builder(file.module()).withImportValues(values.build()).withStart(false).build();
        instance.export("entry").apply(arguments.stream().mapToLong(Long::longValue).toArray());
        return Done.DONE;
    }

    /** Where the access under way is. */
    private static final class Accesses {
        private final SharedRanges ranges;
        private final Map<Long, long[]> at = new HashMap<>();

        Accesses(SharedRanges ranges) {
            this.ranges = ranges;
        }

        /** What the import gives at once; or else its arguments, and of an access where it is. */
        long[] called(Import imported, long[] given) {
            return switch (AccessImports.Kind.of(imported)) {
                case NONE -> java.util.Arrays.copyOf(given, Math.max(2, given.length));
                case LOAD_AT, STORE_AT -> {
                    at.put(given[0], new long[] {given[2] + given[3], given[1]});
                    yield new long[] {given[3]};
                }
                case LOADED, STORED -> {
                    long[] where = java.util.Objects.requireNonNull(at.get(given[0]));
                    yield ranges.at(where[0], (int) where[1]).isPresent()
                            ? new long[] {given[0], given[1], where[0], where[1]}
                            : new long[] {given[1]};
                }
            };
        }
    }

    private record Live(
            Cpu cpu,
            Instance instance,
            Import imported,
            long[] given,
            WasmFile file,
            Geometry geometry,
            SharedRanges ranges)
            implements
                ImportCall {
        @Override
        public long argument(int index) {
            return index < imported.signature().parameters().size()
                    && imported.signature().parameters().get(index) == Signature.Type.I32
                            ? given[index] & 0xFFFF_FFFFL
                            : given[index];
        }

        @Override
        public long read(long address) {
            return instance.memory().readLong((int) address);
        }

        @Override
        public String text(long address) {
            return instance.memory().readCString((int) address);
        }

        @Override
        public List<Long> constants() {
            return file.constants();
        }

        @Override
        public <R> R ask(Operation<R> operation) {
            return cpu.ask(operation);
        }

        @Override
        public boolean is(Answer answer, long value) {
            return answer.is(value);
        }

        @Override
        public long loadShared(long address, int bytes) {
            SharedRanges.Placed range = ranges.at(address, bytes).orElseThrow();
            return range.region().load(this, (int) (address - range.address()), bytes);
        }

        @Override
        public void storeShared(long address, int bytes, long value) {
            SharedRanges.Placed range = ranges.at(address, bytes).orElseThrow();
            range.region().store(this, (int) (address - range.address()), bytes, value);
        }

        @Override
        public RuntimeException panic(String reason) {
            return new Panic(reason);
        }

        @Override
        public RuntimeException refused(String sentence) {
            return new IllegalStateException(sentence);
        }
    }
}
