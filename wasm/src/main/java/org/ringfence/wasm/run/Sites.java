package org.ringfence.wasm.run;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Operation;
import org.ringfence.wasm.module.DebugLines;
import org.ringfence.wasm.module.WasmFile;

/**
 * Makes the {@link Site}s of a module.
 *
 * <p>The checker names a routine's lines as Java does: from the stack, by what a class file says of its source. So each
 * line of C that calls an import is a small class whose file, method and line are those of the C. It is how compilers
 * of other languages than Java name their lines too.
 */
final class Sites {
    private static final ClassDesc SITE = desc(Site.class);
    private static final ClassDesc CPU = desc(Cpu.class);
    private static final ClassDesc OPERATION = desc(Operation.class);
    private static final ClassDesc ANSWER = desc(Answer.class);
    private static final MethodTypeDesc ASK =
            MethodTypeDesc.of(ConstantDescs.CD_Object, CPU, OPERATION);
    private static final MethodTypeDesc IS =
            MethodTypeDesc.of(ConstantDescs.CD_boolean, ANSWER, ConstantDescs.CD_long);
    private static final Set<String> TAKEN = Set.of("ask", "is");
    private static final int LAST_LINE = 0xFFFF;

    private final WasmFile file;
    private final Map<Integer, Site> known = new HashMap<>();

    Sites(WasmFile file) {
        this.file = file;
    }

    /** The site of the call at {@code address} of the file, to an import of this name. */
    synchronized Site at(int address, String imported) {
        return known.computeIfAbsent(address, fresh -> make(fresh, imported));
    }

    private Site make(int address, String imported) {
        Optional<DebugLines.Line> line = file.line(address);
        String source = line.map(DebugLines.Line::file).orElse("%s at 0x%X".formatted(imported, address));
        ClassDesc name = ClassDesc.of(plain(file.name().replaceFirst("\\.wasm$", "")));
        String function = plain(file.function(address));
        String method = TAKEN.contains(function) ? function + "_" : function;
        byte[] bytes = ClassFile.of().build(name, type -> {
            type.withInterfaceSymbols(SITE);
            type.with(SourceFileAttribute.of(source));
            method(type, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, false, code -> code.aload(0)
                    .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                    .return_());
            method(type, "ask", ASK, false, code -> code.aload(1).aload(2).invokestatic(name, method, ASK).areturn());
            method(type, "is", IS, false, code -> code.aload(1).lload(2).invokestatic(name, method, IS).ireturn());
            method(type, method, ASK, true, code -> {
                line.ifPresent(one -> code.lineNumber(Math.min(one.line(), LAST_LINE)));
                code.aload(0)
                        .aload(1)
                        .invokeinterface(CPU, "ask", MethodTypeDesc.of(ConstantDescs.CD_Object, OPERATION))
                        .areturn();
            });
            method(type, method, IS, true, code -> {
                line.ifPresent(one -> code.lineNumber(Math.min(one.line(), LAST_LINE)));
                code.aload(0)
                        .lload(1)
                        .invokeinterface(
                                ANSWER, "is", MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_long))
                        .ireturn();
            });
        });
        return new Loader(Site.class.getClassLoader()).site(bytes);
    }

    private static void method(
            ClassBuilder type, String name, MethodTypeDesc of, boolean isStatic, Consumer<CodeBuilder> code) {
        type.withMethodBody(
                name, of, ClassFile.ACC_PUBLIC | (isStatic ? ClassFile.ACC_STATIC : 0), code);
    }

    private static String plain(String name) {
        String plain = name.replaceAll("[.;\\[/<>:\\s\\\\]", "_");
        return plain.isEmpty() ? "_" : plain;
    }

    private static ClassDesc desc(Class<?> type) {
        return ClassDesc.of(type.getName());
    }

    /** One a site: two sites of one module have the same name. */
    private static final class Loader extends ClassLoader {
        Loader(ClassLoader parent) {
            super(parent);
        }

        Site site(byte[] bytes) {
            try {
                return (Site) defineClass(null, bytes, 0, bytes.length).getDeclaredConstructor().newInstance();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a site cannot be made", e);
            }
        }
    }
}
