package org.ringfence.wasm.run;

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
import org.ringfence.wasm.imports.Call;
import org.ringfence.wasm.imports.Import;
import org.ringfence.wasm.imports.Reply;
import org.ringfence.wasm.imports.Signature;
import org.ringfence.wasm.module.WasmFile;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.wasm.types.FunctionImport;

/**
 * A module run as a routine of Java is: a new instance a history, its imports answered from that history. It needs no
 * snapshots, and so tells whether those tell the truth.
 */
record ReExecuted(String sha256, List<Long> arguments, Geometry geometry) implements Routine<Done> {
    private static final Map<String, WasmFile> FILES = new ConcurrentHashMap<>();

    static ReExecuted of(WasmFile file, List<Long> arguments, Geometry geometry) {
        FILES.put(file.sha256(), file);
        return new ReExecuted(file.sha256(), arguments, geometry);
    }

    @Override
    public Done run(Cpu cpu) {
        WasmFile file = java.util.Objects.requireNonNull(FILES.get(sha256));
        ImportValues.Builder values = ImportValues.builder();
        for (int i = 0; i < file.imported().size(); i++) {
            FunctionImport one = (FunctionImport) file.module().importSection().getImport(i);
            Import imported = file.imported().get(i);
            values.addFunction(new HostFunction(
                    one.module(),
                    one.name(),
                    file.module().typeSection().getType(one.typeIndex()),
                    (instance, given) -> {
                        Reply reply = imported.work().of(new Live(cpu, instance, imported, given, file, geometry));
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

    private record Live(
            Cpu cpu, Instance instance, Import imported, long[] given, WasmFile file, Geometry geometry)
            implements
                Call {
        @Override
        public long argument(int index) {
            return imported.signature().parameters().get(index) == Signature.Type.I32
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
        public RuntimeException panic(String reason) {
            return new Panic(reason);
        }

        @Override
        public RuntimeException refused(String sentence) {
            return new IllegalStateException(sentence);
        }
    }
}
