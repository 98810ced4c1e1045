package org.ringfence.wasm.module;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringfence.wasm.imports.AccessImports;
import org.ringfence.wasm.imports.Import;
import org.ringfence.wasm.imports.Libraries;
import org.ringfence.wasm.imports.Library;
import org.ringfence.wasm.imports.Signature;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ActiveDataSegment;
import run.endive.wasm.types.AnnotatedInstruction;
import run.endive.wasm.types.CustomSection;
import run.endive.wasm.types.Export;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.OpCode;
import run.endive.wasm.types.UnknownCustomSection;
import run.endive.wasm.types.ValType;

/**
 * A module, read and found fit: 32-bit addresses, a memory of its own, its stack below its data, compiled so that it
 * can be stopped at an import (asyncify), and every function that it imports is provided.
 *
 * @param name the file's
 * @param sha256 of the file
 * @param imported what each imported function is, by its index; functions of the module follow
 * @param stackPointer the index of the global
 * @param functions the first instruction's address of each function of the module, with its name
 * @param code where the contents of the code section begin in the file
 * @param constants numbers of 64 bits that the module compares with, in ascending order
 */
public record WasmFile(
        String name,
        String sha256,
        WasmModule module,
        List<Import> imported,
        int stackPointer,
        Map<Integer, String> functions,
        int code,
        DebugLines lines,
        List<Long> constants) {

    /** What {@code wasm-opt --asyncify} adds. */
    public static final List<String> ASYNCIFY = List.of(
            "asyncify_start_unwind", "asyncify_stop_unwind", "asyncify_start_rewind", "asyncify_stop_rewind");

    private static final String STACK_POINTER = "__stack_pointer";
    private static final long MOST_BYTES = 64L << 20;
    private static final int MOST_PAGES = 256;
    private static final int HEADER = 8;
    private static final int CODE_SECTION = 10;
    private static final int MEMORY_SECTION = 5;
    private static final int MEMORY64 = 4;
    private static final int MOST_CONSTANTS = 16;

    public WasmFile {
        imported = List.copyOf(imported);
        functions = new TreeMap<>(functions);
        constants = List.copyOf(constants);
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException with a sentence that begins with the file's name, where it is not fit
     */
    public static WasmFile read(Path path) {
        String name = String.valueOf(path.getFileName());
        try {
            if (Files.isDirectory(path)) {
                throw bad(name, "is a folder; a module is a file");
            }
            if (Files.size(path) > MOST_BYTES) {
                throw bad(name, "is larger than 64 MiB; a module of firmware code is a few KiB");
            }
            return of(name, Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            throw bad(name, "does not exist at " + path);
        } catch (IOException e) {
            throw bad(name, "cannot be read (%s)".formatted(e.getMessage()));
        }
    }

    /** As {@link #read}, of what is in a file of this name. */
    public static WasmFile of(String name, byte[] bytes) {
        requireWasm32(name, bytes);
        WasmModule module;
        try {
            module = Parser.parse(bytes);
        } catch (WasmEngineException | IndexOutOfBoundsException | IllegalArgumentException
                | NullPointerException | ClassCastException | ArithmeticException | NegativeArraySizeException
                | StackOverflowError damaged) {
            throw bad(name, "is no module, or a damaged one (%s)".formatted(told(damaged)));
        }
        List<Import> imported = imports(name, module);
        int stackPointer = requireExports(name, module);
        requireMemory(name, module, stackPointer);
        int code = section(bytes, CODE_SECTION);
        return new WasmFile(
                name,
                sha256(bytes),
                module,
                imported,
                stackPointer,
                functions(module, imported.size()),
                code,
                lines(module),
                constants(module));
    }

    // ---- what a module must be

    /** The runtime knows no other. */
    private static void requireWasm32(String name, byte[] bytes) {
        if (bytes.length < HEADER || bytes[0] != 0 || bytes[1] != 'a' || bytes[2] != 's' || bytes[3] != 'm') {
            throw bad(name, "is no module of WebAssembly; it does not begin with \\0asm");
        }
        int memory = section(bytes, MEMORY_SECTION);
        if (memory > 0 && memory + 1 < bytes.length && (bytes[memory + 1] & MEMORY64) != 0) {
            throw bad(name, "has 64-bit addresses (memory64); compile it for wasm32, or lower it with "
                    + "wasm-opt --memory64-lowering");
        }
    }

    private static List<Import> imports(String name, WasmModule module) {
        List<Import> imports = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < module.importSection().importCount(); i++) {
            var one = module.importSection().getImport(i);
            String called = "%s.%s".formatted(one.module(), one.name());
            if (!(one instanceof FunctionImport function)) {
                throw bad(name, "imports %s, which is no function; link it with a memory and globals of its own"
                        .formatted(called));
            }
            Signature signature = signature(module.typeSection().getType(function.typeIndex()));
            Library library = Libraries.find(one.module()).orElse(null);
            Import provided = library == null ? null : library.find(one.name()).orElse(null);
            if (provided == null) {
                missing.add(called);
            } else if (!provided.signature().equals(signature)) {
                throw bad(name, "imports %s as %s; it is %s".formatted(
                        called, signature == null ? "another type" : signature, provided.signature()));
            } else {
                imports.add(provided);
            }
        }
        if (!missing.isEmpty()) {
            throw bad(name, "imports %s, which nobody provides; %s".formatted(
                    String.join(" and ", missing), provided(missing)));
        }
        return imports;
    }

    /** The functions of a library that {@code missing} names; where there is none, the libraries. */
    private static String provided(List<String> missing) {
        for (Library library : Libraries.written()) {
            if (missing.stream().anyMatch(one -> one.startsWith(library.name() + "."))) {
                return "of '%s' there are %s".formatted(
                        library.name(), String.join(", ", library.imports().stream().map(Import::name).toList()));
            }
        }
        return "the libraries are %s, and docs/real-code.md lists what is in them"
                .formatted(String.join(", ", Libraries.written().stream().map(Library::name).toList()));
    }

    private static @Nullable Signature signature(FunctionType type) {
        List<Signature.Type> parameters = new ArrayList<>();
        for (ValType parameter : type.params()) {
            Signature.Type one = type(parameter);
            if (one == null) {
                return null;
            }
            parameters.add(one);
        }
        if (type.returns().isEmpty()) {
            return new Signature(parameters, null);
        }
        Signature.Type result = type(type.returns().getFirst());
        return result == null || type.returns().size() > 1 ? null : new Signature(parameters, result);
    }

    private static Signature.@Nullable Type type(ValType type) {
        if (type.equals(ValType.I32)) {
            return Signature.Type.I32;
        }
        if (type.equals(ValType.I64)) {
            return Signature.Type.I64;
        }
        if (type.equals(ValType.F32)) {
            return Signature.Type.F32;
        }
        return type.equals(ValType.F64) ? Signature.Type.F64 : null;
    }

    /** Answers the index of the stack pointer. */
    private static int requireExports(String name, WasmModule module) {
        for (String function : ASYNCIFY) {
            if (export(module, function).filter(one -> one.exportType() == ExternalType.FUNCTION).isEmpty()) {
                throw bad(name, "does not export %s; pass it through wasm-opt --asyncify, so that it can be stopped"
                        .formatted(function));
            }
        }
        Export pointer = export(module, STACK_POINTER)
                .filter(one -> one.exportType() == ExternalType.GLOBAL)
                .orElseThrow(() -> bad(name, "does not export %s; link it with --export=%s"
                        .formatted(STACK_POINTER, STACK_POINTER)));
        if (pointer.index() >= module.globalSection().globalCount()
                || module.globalSection().getGlobal(pointer.index()).mutabilityType() != MutabilityType.Var) {
            throw bad(name, "exports %s, which cannot be changed; it is to be the stack's".formatted(STACK_POINTER));
        }
        return pointer.index();
    }

    private static void requireMemory(String name, WasmModule module, int stackPointer) {
        if (module.memorySection().map(memories -> memories.memoryCount()).orElse(0) != 1) {
            throw bad(name, "has no memory, or several; it is to have one of its own");
        }
        int pages = module.memorySection().orElseThrow().getMemory(0).limits().initialPages();
        if (pages < 1 || pages > MOST_PAGES) {
            throw bad(name, "has a memory of %d pages of 64 KiB; allowed are 1 to %d".formatted(pages, MOST_PAGES));
        }
        long top = constant(module.globalSection().getGlobal(stackPointer).initInstructions());
        for (var segment : module.dataSection().dataSegments()) {
            if (segment instanceof ActiveDataSegment active && constant(active.offsetInstructions()) < top) {
                throw bad(name, "has data below the top of its stack, which a stack that overflows would spoil "
                        + "unseen; link it with --stack-first");
            }
        }
    }

    private static long constant(List<? extends run.endive.wasm.types.Instruction> initial) {
        return !initial.isEmpty() && initial.getFirst().opcode() == OpCode.I32_CONST
                ? initial.getFirst().operand(0) & 0xFFFF_FFFFL
                : 0;
    }

    // ---- what a module says of itself

    private static Optional<Export> export(WasmModule module, String name) {
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            if (module.exportSection().getExport(i).name().equals(name)) {
                return Optional.of(module.exportSection().getExport(i));
            }
        }
        return Optional.empty();
    }

    /** The function that the module exports under this name. */
    public Optional<Integer> exported(String function) {
        return export(module, function)
                .filter(one -> one.exportType() == ExternalType.FUNCTION)
                .map(Export::index);
    }

    /** The address of the variable that the module exports under this name. */
    public Optional<Long> symbol(String variable) {
        return export(module, variable)
                .filter(one -> one.exportType() == ExternalType.GLOBAL && one.index() != stackPointer
                        && one.index() < module.globalSection().globalCount())
                .map(one -> constant(module.globalSection().getGlobal(one.index()).initInstructions()));
    }

    /** Whether accesses to memory tell where they are. */
    public boolean isInstrumented() {
        return imported.stream().anyMatch(one -> AccessImports.Kind.of(one) != AccessImports.Kind.NONE);
    }

    /** The functions that the module exports, without those of asyncify. */
    public List<String> exports() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            Export one = module.exportSection().getExport(i);
            if (one.exportType() == ExternalType.FUNCTION && !one.name().startsWith("asyncify_")) {
                names.add(one.name());
            }
        }
        return names;
    }

    /**
     * The type of a function of the module, by its index; null where it has floating point numbers, or several results.
     */
    public @Nullable Signature signature(int function) {
        int own = function - imported.size();
        return own < 0
                ? imported.get(function).signature()
                : signature(module.functionSection().getFunctionType(own, module.typeSection()));
    }

    /** The name of the function that the instruction at {@code address} of the file is in. */
    public String function(int address) {
        Map.Entry<Integer, String> found = ((NavigableMap<Integer, String>) functions).floorEntry(address);
        return found == null ? "?" : found.getValue();
    }

    /** The line of the instruction at {@code address} of the file. */
    public Optional<DebugLines.Line> line(int address) {
        return lines.at((long) address - code);
    }

    private static Map<Integer, String> functions(WasmModule module, int imported) {
        Map<Integer, String> functions = new TreeMap<>();
        for (int i = 0; i < module.codeSection().functionBodyCount(); i++) {
            var instructions = module.codeSection().getFunctionBody(i).instructions();
            if (!instructions.isEmpty()) {
                String name = module.nameSection() == null ? null : module.nameSection().nameOfFunction(i + imported);
                functions.put(instructions.getFirst().address(), name == null ? "function " + (i + imported) : name);
            }
        }
        return functions;
    }

    private static DebugLines lines(WasmModule module) {
        byte[] lines = custom(module, ".debug_line");
        return lines.length == 0 ? DebugLines.NONE : DebugLines.read(lines, custom(module, ".debug_line_str"));
    }

    private static byte[] custom(WasmModule module, String name) {
        for (CustomSection section : module.customSections()) {
            if (section instanceof UnknownCustomSection unknown && unknown.name().equals(name)) {
                return unknown.bytes();
            }
        }
        return new byte[0];
    }

    /** Those beside a comparison: asyncify puts a few instructions between the one and the other. */
    private static List<Long> constants(WasmModule module) {
        TreeSet<Long> constants = new TreeSet<>();
        for (int i = 0; i < module.codeSection().functionBodyCount(); i++) {
            List<AnnotatedInstruction> instructions = module.codeSection().getFunctionBody(i).instructions();
            for (int j = 0; j < instructions.size(); j++) {
                if (instructions.get(j).opcode() == OpCode.I64_CONST && isCompared(instructions, j)) {
                    constants.add(instructions.get(j).operand(0));
                }
            }
        }
        return constants.stream().limit(MOST_CONSTANTS).toList();
    }

    private static boolean isCompared(List<AnnotatedInstruction> instructions, int constant) {
        for (int i = constant + 1; i < Math.min(instructions.size(), constant + 3); i++) {
            switch (instructions.get(i).opcode()) {
                case I64_EQ, I64_NE, I64_LT_U, I64_LT_S, I64_GT_U, I64_GT_S, I64_LE_U, I64_LE_S, I64_GE_U, I64_GE_S -> {
                    return true;
                }
                case LOCAL_GET -> {}
                default -> {
                    return false;
                }
            }
        }
        return false;
    }

    // ---- the file

    /** Where the contents of the first section of this kind begin; 0 where there is none. */
    private static int section(byte[] bytes, int kind) {
        int at = HEADER;
        while (at < bytes.length) {
            int id = bytes[at++];
            long length = 0;
            for (int shift = 0; at < bytes.length; shift += 7) {
                byte next = bytes[at++];
                length |= (long) (next & 0x7F) << shift;
                if (next >= 0 || shift > 28) {
                    break;
                }
            }
            if (id == kind) {
                return at;
            }
            if (length > bytes.length - at) {
                return 0;
            }
            at += (int) length;
        }
        return 0;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    private static String told(Throwable thrown) {
        String message = thrown.getMessage();
        if (message == null || message.isBlank()) {
            return "its contents end too early, or make no sense";
        }
        String plain = message.replaceAll("[^ -~]", " ").strip();
        return plain.length() > 120 ? plain.substring(0, 120) + "..." : plain;
    }

    private static IllegalArgumentException bad(String name, String sentence) {
        return new IllegalArgumentException("module %s %s".formatted(name, sentence));
    }

    @Override
    public String toString() {
        return "%s (SHA-256 %s)".formatted(name, sha256);
    }
}
