// Generated from wire.proto by scripts/build-protocol.mjs. Do not edit: npm run build:protocol
import * as $protobuf from "protobufjs/minimal.js";

/** Namespace gemmesh. */
export namespace gemmesh {

    /** Namespace wire. */
    namespace wire {

        /** Dtype enum. */
        enum Dtype {

            /** DTYPE_UNSPECIFIED value */
            DTYPE_UNSPECIFIED = 0,

            /** FLOAT32 value */
            FLOAT32 = 1,

            /** FLOAT64 value */
            FLOAT64 = 2,

            /** INT32 value */
            INT32 = 3
        }

        /** Semiring enum. */
        enum Semiring {

            /** SEMIRING_UNSPECIFIED value */
            SEMIRING_UNSPECIFIED = 0,

            /** PLUS_TIMES value */
            PLUS_TIMES = 1,

            /** MIN_PLUS value */
            MIN_PLUS = 2,

            /** MAX_PLUS value */
            MAX_PLUS = 3,

            /** MAX_MIN value */
            MAX_MIN = 4,

            /** OR_AND value */
            OR_AND = 5
        }

        /**
         * Properties of a Rectangle.
         * @deprecated Use gemmesh.wire.Rectangle.$Properties instead.
         */
        interface IRectangle extends gemmesh.wire.Rectangle.$Properties {
        }

        /** Represents a Rectangle. */
        class Rectangle {

            /**
             * Constructs a new Rectangle.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Rectangle.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Rectangle row. */
            row: number;

            /** Rectangle column. */
            column: number;

            /** Rectangle rows. */
            rows: number;

            /** Rectangle columns. */
            columns: number;

            /**
             * Encodes the specified Rectangle message. Does not implicitly {@link gemmesh.wire.Rectangle.verify|verify} messages.
             * @param message Rectangle message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Rectangle.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Rectangle message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Rectangle & gemmesh.wire.Rectangle.$Shape} Rectangle
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Rectangle & gemmesh.wire.Rectangle.$Shape;
        }

        namespace Rectangle {

            /** Properties of a Rectangle. */
            interface $Properties {

                /** Rectangle row */
                row?: (number|null);

                /** Rectangle column */
                column?: (number|null);

                /** Rectangle rows */
                rows?: (number|null);

                /** Rectangle columns */
                columns?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Rectangle. */
            type $Shape = gemmesh.wire.Rectangle.$Properties;
        }

        /**
         * Properties of a Fault.
         * @deprecated Use gemmesh.wire.Fault.$Properties instead.
         */
        interface IFault extends gemmesh.wire.Fault.$Properties {
        }

        /** Represents a Fault. */
        class Fault {

            /**
             * Constructs a new Fault.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Fault.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Fault code. */
            code: string;

            /** Fault message. */
            message: string;

            /** Fault faults. */
            faults: string[];

            /**
             * Encodes the specified Fault message. Does not implicitly {@link gemmesh.wire.Fault.verify|verify} messages.
             * @param message Fault message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Fault.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Fault message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Fault & gemmesh.wire.Fault.$Shape} Fault
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Fault & gemmesh.wire.Fault.$Shape;
        }

        namespace Fault {

            /** Properties of a Fault. */
            interface $Properties {

                /** Fault code */
                code?: (string|null);

                /** Fault message */
                message?: (string|null);

                /** Fault faults */
                faults?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Fault. */
            type $Shape = gemmesh.wire.Fault.$Properties;
        }

        /**
         * Properties of a Register.
         * @deprecated Use gemmesh.wire.Register.$Properties instead.
         */
        interface IRegister extends gemmesh.wire.Register.$Properties {
        }

        /** Represents a Register. */
        class Register {

            /**
             * Constructs a new Register.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Register.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Register protocolVersion. */
            protocolVersion: number;

            /** Register name. */
            name: string;

            /** Register incarnation. */
            incarnation: string;

            /** Register port. */
            port: number;

            /** Register threads. */
            threads: number;

            /** Register memoryBytes. */
            memoryBytes: number;

            /** Register own. */
            own?: (gemmesh.wire.OwnRates.$Properties|null);

            /**
             * Encodes the specified Register message. Does not implicitly {@link gemmesh.wire.Register.verify|verify} messages.
             * @param message Register message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Register.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Register message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Register & gemmesh.wire.Register.$Shape} Register
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Register & gemmesh.wire.Register.$Shape;
        }

        namespace Register {

            /** Properties of a Register. */
            interface $Properties {

                /** Register protocolVersion */
                protocolVersion?: (number|null);

                /** Register name */
                name?: (string|null);

                /** Register incarnation */
                incarnation?: (string|null);

                /** Register port */
                port?: (number|null);

                /** Register threads */
                threads?: (number|null);

                /** Register memoryBytes */
                memoryBytes?: (number|null);

                /** Register own */
                own?: (gemmesh.wire.OwnRates.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Register. */
            type $Shape = gemmesh.wire.Register.$Properties;
        }

        /**
         * Properties of an OwnRates.
         * @deprecated Use gemmesh.wire.OwnRates.$Properties instead.
         */
        interface IOwnRates extends gemmesh.wire.OwnRates.$Properties {
        }

        /** Represents an OwnRates. */
        class OwnRates {

            /**
             * Constructs a new OwnRates.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.OwnRates.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** OwnRates float32. */
            float32: number;

            /** OwnRates float64. */
            float64: number;

            /**
             * Encodes the specified OwnRates message. Does not implicitly {@link gemmesh.wire.OwnRates.verify|verify} messages.
             * @param message OwnRates message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.OwnRates.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an OwnRates message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.OwnRates & gemmesh.wire.OwnRates.$Shape} OwnRates
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.OwnRates & gemmesh.wire.OwnRates.$Shape;
        }

        namespace OwnRates {

            /** Properties of an OwnRates. */
            interface $Properties {

                /** OwnRates float32 */
                float32?: (number|null);

                /** OwnRates float64 */
                float64?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an OwnRates. */
            type $Shape = gemmesh.wire.OwnRates.$Properties;
        }

        /**
         * Properties of a Registered.
         * @deprecated Use gemmesh.wire.Registered.$Properties instead.
         */
        interface IRegistered extends gemmesh.wire.Registered.$Properties {
        }

        /** Represents a Registered. */
        class Registered {

            /**
             * Constructs a new Registered.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Registered.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Registered protocolVersion. */
            protocolVersion: number;

            /** Registered epoch. */
            epoch: number;

            /** Registered heartbeatMs. */
            heartbeatMs: number;

            /** Registered processors. */
            processors: gemmesh.wire.Processor.$Properties[];

            /**
             * Encodes the specified Registered message. Does not implicitly {@link gemmesh.wire.Registered.verify|verify} messages.
             * @param message Registered message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Registered.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Registered message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Registered & gemmesh.wire.Registered.$Shape} Registered
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Registered & gemmesh.wire.Registered.$Shape;
        }

        namespace Registered {

            /** Properties of a Registered. */
            interface $Properties {

                /** Registered protocolVersion */
                protocolVersion?: (number|null);

                /** Registered epoch */
                epoch?: (number|null);

                /** Registered heartbeatMs */
                heartbeatMs?: (number|null);

                /** Registered processors */
                processors?: (gemmesh.wire.Processor.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Registered. */
            type $Shape = gemmesh.wire.Registered.$Properties;
        }

        /**
         * Properties of a Heartbeat.
         * @deprecated Use gemmesh.wire.Heartbeat.$Properties instead.
         */
        interface IHeartbeat extends gemmesh.wire.Heartbeat.$Properties {
        }

        /** Represents a Heartbeat. */
        class Heartbeat {

            /**
             * Constructs a new Heartbeat.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Heartbeat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Heartbeat name. */
            name: string;

            /** Heartbeat incarnation. */
            incarnation: string;

            /** Heartbeat running. */
            running: gemmesh.wire.RunningUnit.$Properties[];

            /**
             * Encodes the specified Heartbeat message. Does not implicitly {@link gemmesh.wire.Heartbeat.verify|verify} messages.
             * @param message Heartbeat message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Heartbeat message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Heartbeat & gemmesh.wire.Heartbeat.$Shape} Heartbeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Heartbeat & gemmesh.wire.Heartbeat.$Shape;
        }

        namespace Heartbeat {

            /** Properties of a Heartbeat. */
            interface $Properties {

                /** Heartbeat name */
                name?: (string|null);

                /** Heartbeat incarnation */
                incarnation?: (string|null);

                /** Heartbeat running */
                running?: (gemmesh.wire.RunningUnit.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Heartbeat. */
            type $Shape = gemmesh.wire.Heartbeat.$Properties;
        }

        /**
         * Properties of a RunningUnit.
         * @deprecated Use gemmesh.wire.RunningUnit.$Properties instead.
         */
        interface IRunningUnit extends gemmesh.wire.RunningUnit.$Properties {
        }

        /** Represents a RunningUnit. */
        class RunningUnit {

            /**
             * Constructs a new RunningUnit.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.RunningUnit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunningUnit id. */
            id?: (gemmesh.wire.UnitId.$Properties|null);

            /** RunningUnit progress. */
            progress: number;

            /**
             * Encodes the specified RunningUnit message. Does not implicitly {@link gemmesh.wire.RunningUnit.verify|verify} messages.
             * @param message RunningUnit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.RunningUnit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunningUnit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.RunningUnit & gemmesh.wire.RunningUnit.$Shape} RunningUnit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.RunningUnit & gemmesh.wire.RunningUnit.$Shape;
        }

        namespace RunningUnit {

            /** Properties of a RunningUnit. */
            interface $Properties {

                /** RunningUnit id */
                id?: (gemmesh.wire.UnitId.$Properties|null);

                /** RunningUnit progress */
                progress?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunningUnit. */
            type $Shape = gemmesh.wire.RunningUnit.$Properties;
        }

        /**
         * Properties of a HeartbeatReply.
         * @deprecated Use gemmesh.wire.HeartbeatReply.$Properties instead.
         */
        interface IHeartbeatReply extends gemmesh.wire.HeartbeatReply.$Properties {
        }

        /** Represents a HeartbeatReply. */
        class HeartbeatReply {

            /**
             * Constructs a new HeartbeatReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.HeartbeatReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HeartbeatReply epoch. */
            epoch: number;

            /** HeartbeatReply registerAgain. */
            registerAgain: boolean;

            /**
             * Encodes the specified HeartbeatReply message. Does not implicitly {@link gemmesh.wire.HeartbeatReply.verify|verify} messages.
             * @param message HeartbeatReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.HeartbeatReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HeartbeatReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.HeartbeatReply & gemmesh.wire.HeartbeatReply.$Shape} HeartbeatReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.HeartbeatReply & gemmesh.wire.HeartbeatReply.$Shape;
        }

        namespace HeartbeatReply {

            /** Properties of a HeartbeatReply. */
            interface $Properties {

                /** HeartbeatReply epoch */
                epoch?: (number|null);

                /** HeartbeatReply registerAgain */
                registerAgain?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HeartbeatReply. */
            type $Shape = gemmesh.wire.HeartbeatReply.$Properties;
        }

        /**
         * Properties of a Member.
         * @deprecated Use gemmesh.wire.Member.$Properties instead.
         */
        interface IMember extends gemmesh.wire.Member.$Properties {
        }

        /** Represents a Member. */
        class Member {

            /**
             * Constructs a new Member.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Member.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Member name. */
            name: string;

            /** Member incarnation. */
            incarnation: string;

            /**
             * Encodes the specified Member message. Does not implicitly {@link gemmesh.wire.Member.verify|verify} messages.
             * @param message Member message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Member.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Member message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Member & gemmesh.wire.Member.$Shape} Member
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Member & gemmesh.wire.Member.$Shape;
        }

        namespace Member {

            /** Properties of a Member. */
            interface $Properties {

                /** Member name */
                name?: (string|null);

                /** Member incarnation */
                incarnation?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Member. */
            type $Shape = gemmesh.wire.Member.$Properties;
        }

        /**
         * Properties of a UnitId.
         * @deprecated Use gemmesh.wire.UnitId.$Properties instead.
         */
        interface IUnitId extends gemmesh.wire.UnitId.$Properties {
        }

        /** Represents a UnitId. */
        class UnitId {

            /**
             * Constructs a new UnitId.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.UnitId.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** UnitId job. */
            job: string;

            /** UnitId unit. */
            unit: number;

            /** UnitId attempt. */
            attempt: number;

            /** UnitId epoch. */
            epoch: number;

            /**
             * Encodes the specified UnitId message. Does not implicitly {@link gemmesh.wire.UnitId.verify|verify} messages.
             * @param message UnitId message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.UnitId.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a UnitId message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.UnitId & gemmesh.wire.UnitId.$Shape} UnitId
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.UnitId & gemmesh.wire.UnitId.$Shape;
        }

        namespace UnitId {

            /** Properties of a UnitId. */
            interface $Properties {

                /** UnitId job */
                job?: (string|null);

                /** UnitId unit */
                unit?: (number|null);

                /** UnitId attempt */
                attempt?: (number|null);

                /** UnitId epoch */
                epoch?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a UnitId. */
            type $Shape = gemmesh.wire.UnitId.$Properties;
        }

        /**
         * Properties of a Processor.
         * @deprecated Use gemmesh.wire.Processor.$Properties instead.
         */
        interface IProcessor extends gemmesh.wire.Processor.$Properties {
        }

        /** Represents a Processor. */
        class Processor {

            /**
             * Constructs a new Processor.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Processor.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Processor variant. */
            variant: string;

            /** Processor sha256. */
            sha256: Uint8Array;

            /** Processor sizeBytes. */
            sizeBytes: number;

            /**
             * Encodes the specified Processor message. Does not implicitly {@link gemmesh.wire.Processor.verify|verify} messages.
             * @param message Processor message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Processor.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Processor message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Processor & gemmesh.wire.Processor.$Shape} Processor
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Processor & gemmesh.wire.Processor.$Shape;
        }

        namespace Processor {

            /** Properties of a Processor. */
            interface $Properties {

                /** Processor variant */
                variant?: (string|null);

                /** Processor sha256 */
                sha256?: (Uint8Array|null);

                /** Processor sizeBytes */
                sizeBytes?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Processor. */
            type $Shape = gemmesh.wire.Processor.$Properties;
        }

        /**
         * Properties of an Operand.
         * @deprecated Use gemmesh.wire.Operand.$Properties instead.
         */
        interface IOperand extends gemmesh.wire.Operand.$Properties {
        }

        /** Represents an Operand. */
        class Operand {

            /**
             * Constructs a new Operand.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Operand.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Operand matrix. */
            matrix: string;

            /** Operand rows. */
            rows: number;

            /** Operand columns. */
            columns: number;

            /** Operand blockRows. */
            blockRows: number;

            /** Operand blockColumns. */
            blockColumns: number;

            /** Operand transposed. */
            transposed: boolean;

            /** Operand source. */
            source: string;

            /** Operand file. */
            file?: (gemmesh.wire.FileLocation.$Properties|null);

            /** Operand url. */
            url?: (gemmesh.wire.UrlLocation.$Properties|null);

            /**
             * Encodes the specified Operand message. Does not implicitly {@link gemmesh.wire.Operand.verify|verify} messages.
             * @param message Operand message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Operand.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Operand message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Operand & gemmesh.wire.Operand.$Shape} Operand
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Operand & gemmesh.wire.Operand.$Shape;
        }

        namespace Operand {

            /** Properties of an Operand. */
            interface $Properties {

                /** Operand matrix */
                matrix?: (string|null);

                /** Operand rows */
                rows?: (number|null);

                /** Operand columns */
                columns?: (number|null);

                /** Operand blockRows */
                blockRows?: (number|null);

                /** Operand blockColumns */
                blockColumns?: (number|null);

                /** Operand transposed */
                transposed?: (boolean|null);

                /** Operand source */
                source?: (string|null);

                /** Operand file */
                file?: (gemmesh.wire.FileLocation.$Properties|null);

                /** Operand url */
                url?: (gemmesh.wire.UrlLocation.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Operand. */
            type $Shape = gemmesh.wire.Operand.$Properties;
        }

        /**
         * Properties of a FileLocation.
         * @deprecated Use gemmesh.wire.FileLocation.$Properties instead.
         */
        interface IFileLocation extends gemmesh.wire.FileLocation.$Properties {
        }

        /** Represents a FileLocation. */
        class FileLocation {

            /**
             * Constructs a new FileLocation.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.FileLocation.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** FileLocation path. */
            path: string;

            /** FileLocation sizeBytes. */
            sizeBytes: number;

            /** FileLocation modifiedUs. */
            modifiedUs: number;

            /**
             * Encodes the specified FileLocation message. Does not implicitly {@link gemmesh.wire.FileLocation.verify|verify} messages.
             * @param message FileLocation message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.FileLocation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a FileLocation message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.FileLocation & gemmesh.wire.FileLocation.$Shape} FileLocation
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.FileLocation & gemmesh.wire.FileLocation.$Shape;
        }

        namespace FileLocation {

            /** Properties of a FileLocation. */
            interface $Properties {

                /** FileLocation path */
                path?: (string|null);

                /** FileLocation sizeBytes */
                sizeBytes?: (number|null);

                /** FileLocation modifiedUs */
                modifiedUs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a FileLocation. */
            type $Shape = gemmesh.wire.FileLocation.$Properties;
        }

        /**
         * Properties of an UrlLocation.
         * @deprecated Use gemmesh.wire.UrlLocation.$Properties instead.
         */
        interface IUrlLocation extends gemmesh.wire.UrlLocation.$Properties {
        }

        /** Represents an UrlLocation. */
        class UrlLocation {

            /**
             * Constructs a new UrlLocation.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.UrlLocation.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** UrlLocation url. */
            url: string;

            /** UrlLocation sizeBytes. */
            sizeBytes: number;

            /** UrlLocation etag. */
            etag: string;

            /** UrlLocation lastModified. */
            lastModified: string;

            /**
             * Encodes the specified UrlLocation message. Does not implicitly {@link gemmesh.wire.UrlLocation.verify|verify} messages.
             * @param message UrlLocation message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.UrlLocation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an UrlLocation message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.UrlLocation & gemmesh.wire.UrlLocation.$Shape} UrlLocation
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.UrlLocation & gemmesh.wire.UrlLocation.$Shape;
        }

        namespace UrlLocation {

            /** Properties of an UrlLocation. */
            interface $Properties {

                /** UrlLocation url */
                url?: (string|null);

                /** UrlLocation sizeBytes */
                sizeBytes?: (number|null);

                /** UrlLocation etag */
                etag?: (string|null);

                /** UrlLocation lastModified */
                lastModified?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an UrlLocation. */
            type $Shape = gemmesh.wire.UrlLocation.$Properties;
        }

        /**
         * Properties of a WorkUnit.
         * @deprecated Use gemmesh.wire.WorkUnit.$Properties instead.
         */
        interface IWorkUnit extends gemmesh.wire.WorkUnit.$Properties {
        }

        /** Represents a WorkUnit. */
        class WorkUnit {

            /**
             * Constructs a new WorkUnit.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.WorkUnit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WorkUnit id. */
            id?: (gemmesh.wire.UnitId.$Properties|null);

            /** WorkUnit dtype. */
            dtype: gemmesh.wire.Dtype;

            /** WorkUnit tile. */
            tile?: (gemmesh.wire.Rectangle.$Properties|null);

            /** WorkUnit k. */
            k: number;

            /** WorkUnit alpha. */
            alpha: number;

            /** WorkUnit beta. */
            beta: number;

            /** WorkUnit a. */
            a?: (gemmesh.wire.Operand.$Properties|null);

            /** WorkUnit b. */
            b?: (gemmesh.wire.Operand.$Properties|null);

            /** WorkUnit c. */
            c?: (gemmesh.wire.Operand.$Properties|null);

            /** WorkUnit processors. */
            processors: gemmesh.wire.Processor.$Properties[];

            /** WorkUnit processorSource. */
            processorSource: string;

            /** WorkUnit combine. */
            combine: string;

            /** WorkUnit replyTo. */
            replyTo: string;

            /** WorkUnit leaseMs. */
            leaseMs: number;

            /** WorkUnit semiring. */
            semiring: gemmesh.wire.Semiring;

            /** WorkUnit reproducible. */
            reproducible: boolean;

            /** WorkUnit kStart. */
            kStart: number;

            /** WorkUnit kEnd. */
            kEnd: number;

            /**
             * Encodes the specified WorkUnit message. Does not implicitly {@link gemmesh.wire.WorkUnit.verify|verify} messages.
             * @param message WorkUnit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.WorkUnit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WorkUnit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.WorkUnit & gemmesh.wire.WorkUnit.$Shape} WorkUnit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.WorkUnit & gemmesh.wire.WorkUnit.$Shape;
        }

        namespace WorkUnit {

            /** Properties of a WorkUnit. */
            interface $Properties {

                /** WorkUnit id */
                id?: (gemmesh.wire.UnitId.$Properties|null);

                /** WorkUnit dtype */
                dtype?: (gemmesh.wire.Dtype|null);

                /** WorkUnit tile */
                tile?: (gemmesh.wire.Rectangle.$Properties|null);

                /** WorkUnit k */
                k?: (number|null);

                /** WorkUnit alpha */
                alpha?: (number|null);

                /** WorkUnit beta */
                beta?: (number|null);

                /** WorkUnit a */
                a?: (gemmesh.wire.Operand.$Properties|null);

                /** WorkUnit b */
                b?: (gemmesh.wire.Operand.$Properties|null);

                /** WorkUnit c */
                c?: (gemmesh.wire.Operand.$Properties|null);

                /** WorkUnit processors */
                processors?: (gemmesh.wire.Processor.$Properties[]|null);

                /** WorkUnit processorSource */
                processorSource?: (string|null);

                /** WorkUnit combine */
                combine?: (string|null);

                /** WorkUnit replyTo */
                replyTo?: (string|null);

                /** WorkUnit leaseMs */
                leaseMs?: (number|null);

                /** WorkUnit semiring */
                semiring?: (gemmesh.wire.Semiring|null);

                /** WorkUnit reproducible */
                reproducible?: (boolean|null);

                /** WorkUnit kStart */
                kStart?: (number|null);

                /** WorkUnit kEnd */
                kEnd?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WorkUnit. */
            type $Shape = gemmesh.wire.WorkUnit.$Properties;
        }

        /**
         * Properties of a UnitAccepted.
         * @deprecated Use gemmesh.wire.UnitAccepted.$Properties instead.
         */
        interface IUnitAccepted extends gemmesh.wire.UnitAccepted.$Properties {
        }

        /** Represents a UnitAccepted. */
        class UnitAccepted {

            /**
             * Constructs a new UnitAccepted.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.UnitAccepted.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** UnitAccepted queued. */
            queued: number;

            /**
             * Encodes the specified UnitAccepted message. Does not implicitly {@link gemmesh.wire.UnitAccepted.verify|verify} messages.
             * @param message UnitAccepted message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.UnitAccepted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a UnitAccepted message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.UnitAccepted & gemmesh.wire.UnitAccepted.$Shape} UnitAccepted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.UnitAccepted & gemmesh.wire.UnitAccepted.$Shape;
        }

        namespace UnitAccepted {

            /** Properties of a UnitAccepted. */
            interface $Properties {

                /** UnitAccepted queued */
                queued?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a UnitAccepted. */
            type $Shape = gemmesh.wire.UnitAccepted.$Properties;
        }

        /**
         * Properties of a CancelUnits.
         * @deprecated Use gemmesh.wire.CancelUnits.$Properties instead.
         */
        interface ICancelUnits extends gemmesh.wire.CancelUnits.$Properties {
        }

        /** Represents a CancelUnits. */
        class CancelUnits {

            /**
             * Constructs a new CancelUnits.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.CancelUnits.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CancelUnits job. */
            job: string;

            /** CancelUnits units. */
            units: number[];

            /**
             * Encodes the specified CancelUnits message. Does not implicitly {@link gemmesh.wire.CancelUnits.verify|verify} messages.
             * @param message CancelUnits message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.CancelUnits.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CancelUnits message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.CancelUnits & gemmesh.wire.CancelUnits.$Shape} CancelUnits
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.CancelUnits & gemmesh.wire.CancelUnits.$Shape;
        }

        namespace CancelUnits {

            /** Properties of a CancelUnits. */
            interface $Properties {

                /** CancelUnits job */
                job?: (string|null);

                /** CancelUnits units */
                units?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CancelUnits. */
            type $Shape = gemmesh.wire.CancelUnits.$Properties;
        }

        /**
         * Properties of a Cancelled.
         * @deprecated Use gemmesh.wire.Cancelled.$Properties instead.
         */
        interface ICancelled extends gemmesh.wire.Cancelled.$Properties {
        }

        /** Represents a Cancelled. */
        class Cancelled {

            /**
             * Constructs a new Cancelled.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Cancelled.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Cancelled units. */
            units: number;

            /**
             * Encodes the specified Cancelled message. Does not implicitly {@link gemmesh.wire.Cancelled.verify|verify} messages.
             * @param message Cancelled message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Cancelled.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Cancelled message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Cancelled & gemmesh.wire.Cancelled.$Shape} Cancelled
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Cancelled & gemmesh.wire.Cancelled.$Shape;
        }

        namespace Cancelled {

            /** Properties of a Cancelled. */
            interface $Properties {

                /** Cancelled units */
                units?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Cancelled. */
            type $Shape = gemmesh.wire.Cancelled.$Properties;
        }

        /**
         * Properties of a UnitDone.
         * @deprecated Use gemmesh.wire.UnitDone.$Properties instead.
         */
        interface IUnitDone extends gemmesh.wire.UnitDone.$Properties {
        }

        /** Represents a UnitDone. */
        class UnitDone {

            /**
             * Constructs a new UnitDone.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.UnitDone.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** UnitDone id. */
            id?: (gemmesh.wire.UnitId.$Properties|null);

            /** UnitDone slave. */
            slave: string;

            /** UnitDone fetchMs. */
            fetchMs: number;

            /** UnitDone computeMs. */
            computeMs: number;

            /** UnitDone sendMs. */
            sendMs: number;

            /** UnitDone fetchedBytes. */
            fetchedBytes: number;

            /** UnitDone blocksFetched. */
            blocksFetched: number;

            /** UnitDone blocksCached. */
            blocksCached: number;

            /** UnitDone variant. */
            variant: string;

            /** UnitDone processorSha256. */
            processorSha256: Uint8Array;

            /** UnitDone operands. */
            operands: gemmesh.wire.OperandBytes.$Properties[];

            /**
             * Encodes the specified UnitDone message. Does not implicitly {@link gemmesh.wire.UnitDone.verify|verify} messages.
             * @param message UnitDone message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.UnitDone.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a UnitDone message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.UnitDone & gemmesh.wire.UnitDone.$Shape} UnitDone
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.UnitDone & gemmesh.wire.UnitDone.$Shape;
        }

        namespace UnitDone {

            /** Properties of a UnitDone. */
            interface $Properties {

                /** UnitDone id */
                id?: (gemmesh.wire.UnitId.$Properties|null);

                /** UnitDone slave */
                slave?: (string|null);

                /** UnitDone fetchMs */
                fetchMs?: (number|null);

                /** UnitDone computeMs */
                computeMs?: (number|null);

                /** UnitDone sendMs */
                sendMs?: (number|null);

                /** UnitDone fetchedBytes */
                fetchedBytes?: (number|null);

                /** UnitDone blocksFetched */
                blocksFetched?: (number|null);

                /** UnitDone blocksCached */
                blocksCached?: (number|null);

                /** UnitDone variant */
                variant?: (string|null);

                /** UnitDone processorSha256 */
                processorSha256?: (Uint8Array|null);

                /** UnitDone operands */
                operands?: (gemmesh.wire.OperandBytes.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a UnitDone. */
            type $Shape = gemmesh.wire.UnitDone.$Properties;
        }

        /**
         * Properties of an OperandBytes.
         * @deprecated Use gemmesh.wire.OperandBytes.$Properties instead.
         */
        interface IOperandBytes extends gemmesh.wire.OperandBytes.$Properties {
        }

        /** Represents an OperandBytes. */
        class OperandBytes {

            /**
             * Constructs a new OperandBytes.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.OperandBytes.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** OperandBytes matrix. */
            matrix: string;

            /** OperandBytes fromMaster. */
            fromMaster: number;

            /** OperandBytes fromSlaves. */
            fromSlaves: number;

            /** OperandBytes readDirectly. */
            readDirectly: number;

            /**
             * Encodes the specified OperandBytes message. Does not implicitly {@link gemmesh.wire.OperandBytes.verify|verify} messages.
             * @param message OperandBytes message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.OperandBytes.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an OperandBytes message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.OperandBytes & gemmesh.wire.OperandBytes.$Shape} OperandBytes
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.OperandBytes & gemmesh.wire.OperandBytes.$Shape;
        }

        namespace OperandBytes {

            /** Properties of an OperandBytes. */
            interface $Properties {

                /** OperandBytes matrix */
                matrix?: (string|null);

                /** OperandBytes fromMaster */
                fromMaster?: (number|null);

                /** OperandBytes fromSlaves */
                fromSlaves?: (number|null);

                /** OperandBytes readDirectly */
                readDirectly?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an OperandBytes. */
            type $Shape = gemmesh.wire.OperandBytes.$Properties;
        }

        /**
         * Properties of a UnitFailed.
         * @deprecated Use gemmesh.wire.UnitFailed.$Properties instead.
         */
        interface IUnitFailed extends gemmesh.wire.UnitFailed.$Properties {
        }

        /** Represents a UnitFailed. */
        class UnitFailed {

            /**
             * Constructs a new UnitFailed.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.UnitFailed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** UnitFailed id. */
            id?: (gemmesh.wire.UnitId.$Properties|null);

            /** UnitFailed slave. */
            slave: string;

            /** UnitFailed fault. */
            fault?: (gemmesh.wire.Fault.$Properties|null);

            /**
             * Encodes the specified UnitFailed message. Does not implicitly {@link gemmesh.wire.UnitFailed.verify|verify} messages.
             * @param message UnitFailed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.UnitFailed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a UnitFailed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.UnitFailed & gemmesh.wire.UnitFailed.$Shape} UnitFailed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.UnitFailed & gemmesh.wire.UnitFailed.$Shape;
        }

        namespace UnitFailed {

            /** Properties of a UnitFailed. */
            interface $Properties {

                /** UnitFailed id */
                id?: (gemmesh.wire.UnitId.$Properties|null);

                /** UnitFailed slave */
                slave?: (string|null);

                /** UnitFailed fault */
                fault?: (gemmesh.wire.Fault.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a UnitFailed. */
            type $Shape = gemmesh.wire.UnitFailed.$Properties;
        }

        /**
         * Properties of a Noted.
         * @deprecated Use gemmesh.wire.Noted.$Properties instead.
         */
        interface INoted extends gemmesh.wire.Noted.$Properties {
        }

        /** Represents a Noted. */
        class Noted {

            /**
             * Constructs a new Noted.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Noted.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified Noted message. Does not implicitly {@link gemmesh.wire.Noted.verify|verify} messages.
             * @param message Noted message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Noted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Noted message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Noted & gemmesh.wire.Noted.$Shape} Noted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Noted & gemmesh.wire.Noted.$Shape;
        }

        namespace Noted {

            /** Properties of a Noted. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Noted. */
            type $Shape = gemmesh.wire.Noted.$Properties;
        }

        /**
         * Properties of a BlockRef.
         * @deprecated Use gemmesh.wire.BlockRef.$Properties instead.
         */
        interface IBlockRef extends gemmesh.wire.BlockRef.$Properties {
        }

        /** Represents a BlockRef. */
        class BlockRef {

            /**
             * Constructs a new BlockRef.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.BlockRef.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BlockRef matrix. */
            matrix: string;

            /** BlockRef row. */
            row: number;

            /** BlockRef column. */
            column: number;

            /**
             * Encodes the specified BlockRef message. Does not implicitly {@link gemmesh.wire.BlockRef.verify|verify} messages.
             * @param message BlockRef message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.BlockRef.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BlockRef message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.BlockRef & gemmesh.wire.BlockRef.$Shape} BlockRef
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.BlockRef & gemmesh.wire.BlockRef.$Shape;
        }

        namespace BlockRef {

            /** Properties of a BlockRef. */
            interface $Properties {

                /** BlockRef matrix */
                matrix?: (string|null);

                /** BlockRef row */
                row?: (number|null);

                /** BlockRef column */
                column?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a BlockRef. */
            type $Shape = gemmesh.wire.BlockRef.$Properties;
        }

        /**
         * Properties of a LocateBlocks.
         * @deprecated Use gemmesh.wire.LocateBlocks.$Properties instead.
         */
        interface ILocateBlocks extends gemmesh.wire.LocateBlocks.$Properties {
        }

        /** Represents a LocateBlocks. */
        class LocateBlocks {

            /**
             * Constructs a new LocateBlocks.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.LocateBlocks.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** LocateBlocks name. */
            name: string;

            /** LocateBlocks incarnation. */
            incarnation: string;

            /** LocateBlocks blocks. */
            blocks: gemmesh.wire.BlockRef.$Properties[];

            /** LocateBlocks failed. */
            failed: string;

            /**
             * Encodes the specified LocateBlocks message. Does not implicitly {@link gemmesh.wire.LocateBlocks.verify|verify} messages.
             * @param message LocateBlocks message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.LocateBlocks.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LocateBlocks message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.LocateBlocks & gemmesh.wire.LocateBlocks.$Shape} LocateBlocks
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.LocateBlocks & gemmesh.wire.LocateBlocks.$Shape;
        }

        namespace LocateBlocks {

            /** Properties of a LocateBlocks. */
            interface $Properties {

                /** LocateBlocks name */
                name?: (string|null);

                /** LocateBlocks incarnation */
                incarnation?: (string|null);

                /** LocateBlocks blocks */
                blocks?: (gemmesh.wire.BlockRef.$Properties[]|null);

                /** LocateBlocks failed */
                failed?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LocateBlocks. */
            type $Shape = gemmesh.wire.LocateBlocks.$Properties;
        }

        /**
         * Properties of a BlockLocations.
         * @deprecated Use gemmesh.wire.BlockLocations.$Properties instead.
         */
        interface IBlockLocations extends gemmesh.wire.BlockLocations.$Properties {
        }

        /** Represents a BlockLocations. */
        class BlockLocations {

            /**
             * Constructs a new BlockLocations.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.BlockLocations.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BlockLocations locations. */
            locations: gemmesh.wire.BlockLocation.$Properties[];

            /**
             * Encodes the specified BlockLocations message. Does not implicitly {@link gemmesh.wire.BlockLocations.verify|verify} messages.
             * @param message BlockLocations message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.BlockLocations.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BlockLocations message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.BlockLocations & gemmesh.wire.BlockLocations.$Shape} BlockLocations
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.BlockLocations & gemmesh.wire.BlockLocations.$Shape;
        }

        namespace BlockLocations {

            /** Properties of a BlockLocations. */
            interface $Properties {

                /** BlockLocations locations */
                locations?: (gemmesh.wire.BlockLocation.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a BlockLocations. */
            type $Shape = gemmesh.wire.BlockLocations.$Properties;
        }

        /**
         * Properties of a BlockLocation.
         * @deprecated Use gemmesh.wire.BlockLocation.$Properties instead.
         */
        interface IBlockLocation extends gemmesh.wire.BlockLocation.$Properties {
        }

        /** Represents a BlockLocation. */
        class BlockLocation {

            /**
             * Constructs a new BlockLocation.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.BlockLocation.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BlockLocation origin. */
            origin: string;

            /** BlockLocation ticket. */
            ticket: number;

            /**
             * Encodes the specified BlockLocation message. Does not implicitly {@link gemmesh.wire.BlockLocation.verify|verify} messages.
             * @param message BlockLocation message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.BlockLocation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BlockLocation message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.BlockLocation & gemmesh.wire.BlockLocation.$Shape} BlockLocation
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.BlockLocation & gemmesh.wire.BlockLocation.$Shape;
        }

        namespace BlockLocation {

            /** Properties of a BlockLocation. */
            interface $Properties {

                /** BlockLocation origin */
                origin?: (string|null);

                /** BlockLocation ticket */
                ticket?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a BlockLocation. */
            type $Shape = gemmesh.wire.BlockLocation.$Properties;
        }

        /**
         * Properties of an OpenJob.
         * @deprecated Use gemmesh.wire.OpenJob.$Properties instead.
         */
        interface IOpenJob extends gemmesh.wire.OpenJob.$Properties {
        }

        /** Represents an OpenJob. */
        class OpenJob {

            /**
             * Constructs a new OpenJob.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.OpenJob.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** OpenJob job. */
            job: string;

            /** OpenJob dtype. */
            dtype: gemmesh.wire.Dtype;

            /** OpenJob rows. */
            rows: number;

            /** OpenJob columns. */
            columns: number;

            /** OpenJob dimensions. */
            dimensions: number;

            /** OpenJob tiles. */
            tiles: gemmesh.wire.Rectangle.$Properties[];

            /** OpenJob replyTo. */
            replyTo: string;

            /** OpenJob layers. */
            layers: number;

            /** OpenJob semiring. */
            semiring: gemmesh.wire.Semiring;

            /** OpenJob exact. */
            exact: boolean;

            /** OpenJob verificationSeed. */
            verificationSeed: Uint8Array;

            /**
             * Encodes the specified OpenJob message. Does not implicitly {@link gemmesh.wire.OpenJob.verify|verify} messages.
             * @param message OpenJob message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.OpenJob.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an OpenJob message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.OpenJob & gemmesh.wire.OpenJob.$Shape} OpenJob
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.OpenJob & gemmesh.wire.OpenJob.$Shape;
        }

        namespace OpenJob {

            /** Properties of an OpenJob. */
            interface $Properties {

                /** OpenJob job */
                job?: (string|null);

                /** OpenJob dtype */
                dtype?: (gemmesh.wire.Dtype|null);

                /** OpenJob rows */
                rows?: (number|null);

                /** OpenJob columns */
                columns?: (number|null);

                /** OpenJob dimensions */
                dimensions?: (number|null);

                /** OpenJob tiles */
                tiles?: (gemmesh.wire.Rectangle.$Properties[]|null);

                /** OpenJob replyTo */
                replyTo?: (string|null);

                /** OpenJob layers */
                layers?: (number|null);

                /** OpenJob semiring */
                semiring?: (gemmesh.wire.Semiring|null);

                /** OpenJob exact */
                exact?: (boolean|null);

                /** OpenJob verificationSeed */
                verificationSeed?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an OpenJob. */
            type $Shape = gemmesh.wire.OpenJob.$Properties;
        }

        /**
         * Properties of a JobOpened.
         * @deprecated Use gemmesh.wire.JobOpened.$Properties instead.
         */
        interface IJobOpened extends gemmesh.wire.JobOpened.$Properties {
        }

        /** Represents a JobOpened. */
        class JobOpened {

            /**
             * Constructs a new JobOpened.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.JobOpened.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** JobOpened placed. */
            placed: number[];

            /**
             * Encodes the specified JobOpened message. Does not implicitly {@link gemmesh.wire.JobOpened.verify|verify} messages.
             * @param message JobOpened message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.JobOpened.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a JobOpened message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.JobOpened & gemmesh.wire.JobOpened.$Shape} JobOpened
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.JobOpened & gemmesh.wire.JobOpened.$Shape;
        }

        namespace JobOpened {

            /** Properties of a JobOpened. */
            interface $Properties {

                /** JobOpened placed */
                placed?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a JobOpened. */
            type $Shape = gemmesh.wire.JobOpened.$Properties;
        }

        /**
         * Properties of an AbortJob.
         * @deprecated Use gemmesh.wire.AbortJob.$Properties instead.
         */
        interface IAbortJob extends gemmesh.wire.AbortJob.$Properties {
        }

        /** Represents an AbortJob. */
        class AbortJob {

            /**
             * Constructs a new AbortJob.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.AbortJob.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AbortJob job. */
            job: string;

            /**
             * Encodes the specified AbortJob message. Does not implicitly {@link gemmesh.wire.AbortJob.verify|verify} messages.
             * @param message AbortJob message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.AbortJob.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AbortJob message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.AbortJob & gemmesh.wire.AbortJob.$Shape} AbortJob
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.AbortJob & gemmesh.wire.AbortJob.$Shape;
        }

        namespace AbortJob {

            /** Properties of an AbortJob. */
            interface $Properties {

                /** AbortJob job */
                job?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AbortJob. */
            type $Shape = gemmesh.wire.AbortJob.$Properties;
        }

        /**
         * Properties of a JobAborted.
         * @deprecated Use gemmesh.wire.JobAborted.$Properties instead.
         */
        interface IJobAborted extends gemmesh.wire.JobAborted.$Properties {
        }

        /** Represents a JobAborted. */
        class JobAborted {

            /**
             * Constructs a new JobAborted.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.JobAborted.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified JobAborted message. Does not implicitly {@link gemmesh.wire.JobAborted.verify|verify} messages.
             * @param message JobAborted message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.JobAborted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a JobAborted message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.JobAborted & gemmesh.wire.JobAborted.$Shape} JobAborted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.JobAborted & gemmesh.wire.JobAborted.$Shape;
        }

        namespace JobAborted {

            /** Properties of a JobAborted. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a JobAborted. */
            type $Shape = gemmesh.wire.JobAborted.$Properties;
        }

        /**
         * Properties of a References.
         * @deprecated Use gemmesh.wire.References.$Properties instead.
         */
        interface IReferences extends gemmesh.wire.References.$Properties {
        }

        /** Represents a References. */
        class References {

            /**
             * Constructs a new References.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.References.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** References job. */
            job: string;

            /** References units. */
            units: gemmesh.wire.Reference.$Properties[];

            /**
             * Encodes the specified References message. Does not implicitly {@link gemmesh.wire.References.verify|verify} messages.
             * @param message References message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.References.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a References message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.References & gemmesh.wire.References.$Shape} References
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.References & gemmesh.wire.References.$Shape;
        }

        namespace References {

            /** Properties of a References. */
            interface $Properties {

                /** References job */
                job?: (string|null);

                /** References units */
                units?: (gemmesh.wire.Reference.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a References. */
            type $Shape = gemmesh.wire.References.$Properties;
        }

        /**
         * Properties of a Reference.
         * @deprecated Use gemmesh.wire.Reference.$Properties instead.
         */
        interface IReference extends gemmesh.wire.Reference.$Properties {
        }

        /** Represents a Reference. */
        class Reference {

            /**
             * Constructs a new Reference.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Reference.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Reference unit. */
            unit: number;

            /** Reference values. */
            values: Uint8Array;

            /** Reference bounds. */
            bounds: Uint8Array;

            /**
             * Encodes the specified Reference message. Does not implicitly {@link gemmesh.wire.Reference.verify|verify} messages.
             * @param message Reference message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Reference.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Reference message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Reference & gemmesh.wire.Reference.$Shape} Reference
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Reference & gemmesh.wire.Reference.$Shape;
        }

        namespace Reference {

            /** Properties of a Reference. */
            interface $Properties {

                /** Reference unit */
                unit?: (number|null);

                /** Reference values */
                values?: (Uint8Array|null);

                /** Reference bounds */
                bounds?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Reference. */
            type $Shape = gemmesh.wire.Reference.$Properties;
        }

        /**
         * Properties of a ReferencesTaken.
         * @deprecated Use gemmesh.wire.ReferencesTaken.$Properties instead.
         */
        interface IReferencesTaken extends gemmesh.wire.ReferencesTaken.$Properties {
        }

        /** Represents a ReferencesTaken. */
        class ReferencesTaken {

            /**
             * Constructs a new ReferencesTaken.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.ReferencesTaken.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified ReferencesTaken message. Does not implicitly {@link gemmesh.wire.ReferencesTaken.verify|verify} messages.
             * @param message ReferencesTaken message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.ReferencesTaken.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ReferencesTaken message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.ReferencesTaken & gemmesh.wire.ReferencesTaken.$Shape} ReferencesTaken
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.ReferencesTaken & gemmesh.wire.ReferencesTaken.$Shape;
        }

        namespace ReferencesTaken {

            /** Properties of a ReferencesTaken. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ReferencesTaken. */
            type $Shape = gemmesh.wire.ReferencesTaken.$Properties;
        }

        /**
         * Properties of a UnitPlaced.
         * @deprecated Use gemmesh.wire.UnitPlaced.$Properties instead.
         */
        interface IUnitPlaced extends gemmesh.wire.UnitPlaced.$Properties {
        }

        /** Represents a UnitPlaced. */
        class UnitPlaced {

            /**
             * Constructs a new UnitPlaced.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.UnitPlaced.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** UnitPlaced id. */
            id?: (gemmesh.wire.UnitId.$Properties|null);

            /** UnitPlaced slave. */
            slave: string;

            /** UnitPlaced bytes. */
            bytes: number;

            /** UnitPlaced digest. */
            digest: Uint8Array;

            /**
             * Encodes the specified UnitPlaced message. Does not implicitly {@link gemmesh.wire.UnitPlaced.verify|verify} messages.
             * @param message UnitPlaced message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.UnitPlaced.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a UnitPlaced message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.UnitPlaced & gemmesh.wire.UnitPlaced.$Shape} UnitPlaced
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.UnitPlaced & gemmesh.wire.UnitPlaced.$Shape;
        }

        namespace UnitPlaced {

            /** Properties of a UnitPlaced. */
            interface $Properties {

                /** UnitPlaced id */
                id?: (gemmesh.wire.UnitId.$Properties|null);

                /** UnitPlaced slave */
                slave?: (string|null);

                /** UnitPlaced bytes */
                bytes?: (number|null);

                /** UnitPlaced digest */
                digest?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a UnitPlaced. */
            type $Shape = gemmesh.wire.UnitPlaced.$Properties;
        }

        /**
         * Properties of a TileRefused.
         * @deprecated Use gemmesh.wire.TileRefused.$Properties instead.
         */
        interface ITileRefused extends gemmesh.wire.TileRefused.$Properties {
        }

        /** Represents a TileRefused. */
        class TileRefused {

            /**
             * Constructs a new TileRefused.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.TileRefused.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TileRefused id. */
            id?: (gemmesh.wire.UnitId.$Properties|null);

            /** TileRefused slave. */
            slave: string;

            /** TileRefused fault. */
            fault?: (gemmesh.wire.Fault.$Properties|null);

            /**
             * Encodes the specified TileRefused message. Does not implicitly {@link gemmesh.wire.TileRefused.verify|verify} messages.
             * @param message TileRefused message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.TileRefused.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TileRefused message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.TileRefused & gemmesh.wire.TileRefused.$Shape} TileRefused
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.TileRefused & gemmesh.wire.TileRefused.$Shape;
        }

        namespace TileRefused {

            /** Properties of a TileRefused. */
            interface $Properties {

                /** TileRefused id */
                id?: (gemmesh.wire.UnitId.$Properties|null);

                /** TileRefused slave */
                slave?: (string|null);

                /** TileRefused fault */
                fault?: (gemmesh.wire.Fault.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TileRefused. */
            type $Shape = gemmesh.wire.TileRefused.$Properties;
        }

        /**
         * Properties of a JobSealed.
         * @deprecated Use gemmesh.wire.JobSealed.$Properties instead.
         */
        interface IJobSealed extends gemmesh.wire.JobSealed.$Properties {
        }

        /** Represents a JobSealed. */
        class JobSealed {

            /**
             * Constructs a new JobSealed.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.JobSealed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** JobSealed job. */
            job: string;

            /** JobSealed bytes. */
            bytes: number;

            /** JobSealed totals. */
            totals?: (gemmesh.wire.ReceiptTotals.$Properties|null);

            /**
             * Encodes the specified JobSealed message. Does not implicitly {@link gemmesh.wire.JobSealed.verify|verify} messages.
             * @param message JobSealed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.JobSealed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a JobSealed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.JobSealed & gemmesh.wire.JobSealed.$Shape} JobSealed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.JobSealed & gemmesh.wire.JobSealed.$Shape;
        }

        namespace JobSealed {

            /** Properties of a JobSealed. */
            interface $Properties {

                /** JobSealed job */
                job?: (string|null);

                /** JobSealed bytes */
                bytes?: (number|null);

                /** JobSealed totals */
                totals?: (gemmesh.wire.ReceiptTotals.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a JobSealed. */
            type $Shape = gemmesh.wire.JobSealed.$Properties;
        }

        /**
         * Properties of a ReceiptTotals.
         * @deprecated Use gemmesh.wire.ReceiptTotals.$Properties instead.
         */
        interface IReceiptTotals extends gemmesh.wire.ReceiptTotals.$Properties {
        }

        /** Represents a ReceiptTotals. */
        class ReceiptTotals {

            /**
             * Constructs a new ReceiptTotals.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.ReceiptTotals.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ReceiptTotals placed. */
            placed: number;

            /** ReceiptTotals checked. */
            checked: number;

            /** ReceiptTotals rowsUnchecked. */
            rowsUnchecked: number;

            /** ReceiptTotals worst. */
            worst: number;

            /** ReceiptTotals wrong. */
            wrong: number;

            /**
             * Encodes the specified ReceiptTotals message. Does not implicitly {@link gemmesh.wire.ReceiptTotals.verify|verify} messages.
             * @param message ReceiptTotals message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.ReceiptTotals.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ReceiptTotals message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.ReceiptTotals & gemmesh.wire.ReceiptTotals.$Shape} ReceiptTotals
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.ReceiptTotals & gemmesh.wire.ReceiptTotals.$Shape;
        }

        namespace ReceiptTotals {

            /** Properties of a ReceiptTotals. */
            interface $Properties {

                /** ReceiptTotals placed */
                placed?: (number|null);

                /** ReceiptTotals checked */
                checked?: (number|null);

                /** ReceiptTotals rowsUnchecked */
                rowsUnchecked?: (number|null);

                /** ReceiptTotals worst */
                worst?: (number|null);

                /** ReceiptTotals wrong */
                wrong?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ReceiptTotals. */
            type $Shape = gemmesh.wire.ReceiptTotals.$Properties;
        }

        /**
         * Properties of a JobRecovered.
         * @deprecated Use gemmesh.wire.JobRecovered.$Properties instead.
         */
        interface IJobRecovered extends gemmesh.wire.JobRecovered.$Properties {
        }

        /** Represents a JobRecovered. */
        class JobRecovered {

            /**
             * Constructs a new JobRecovered.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.JobRecovered.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** JobRecovered job. */
            job: string;

            /** JobRecovered placed. */
            placed: number[];

            /**
             * Encodes the specified JobRecovered message. Does not implicitly {@link gemmesh.wire.JobRecovered.verify|verify} messages.
             * @param message JobRecovered message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.JobRecovered.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a JobRecovered message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.JobRecovered & gemmesh.wire.JobRecovered.$Shape} JobRecovered
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.JobRecovered & gemmesh.wire.JobRecovered.$Shape;
        }

        namespace JobRecovered {

            /** Properties of a JobRecovered. */
            interface $Properties {

                /** JobRecovered job */
                job?: (string|null);

                /** JobRecovered placed */
                placed?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a JobRecovered. */
            type $Shape = gemmesh.wire.JobRecovered.$Properties;
        }

        /**
         * Properties of a SealFailed.
         * @deprecated Use gemmesh.wire.SealFailed.$Properties instead.
         */
        interface ISealFailed extends gemmesh.wire.SealFailed.$Properties {
        }

        /** Represents a SealFailed. */
        class SealFailed {

            /**
             * Constructs a new SealFailed.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.SealFailed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SealFailed job. */
            job: string;

            /** SealFailed fault. */
            fault?: (gemmesh.wire.Fault.$Properties|null);

            /**
             * Encodes the specified SealFailed message. Does not implicitly {@link gemmesh.wire.SealFailed.verify|verify} messages.
             * @param message SealFailed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.SealFailed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SealFailed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.SealFailed & gemmesh.wire.SealFailed.$Shape} SealFailed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.SealFailed & gemmesh.wire.SealFailed.$Shape;
        }

        namespace SealFailed {

            /** Properties of a SealFailed. */
            interface $Properties {

                /** SealFailed job */
                job?: (string|null);

                /** SealFailed fault */
                fault?: (gemmesh.wire.Fault.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SealFailed. */
            type $Shape = gemmesh.wire.SealFailed.$Properties;
        }

        /**
         * Properties of a BulkHeader.
         * @deprecated Use gemmesh.wire.BulkHeader.$Properties instead.
         */
        interface IBulkHeader extends gemmesh.wire.BulkHeader.$Properties {
        }

        /** Represents a BulkHeader. */
        class BulkHeader {

            /**
             * Constructs a new BulkHeader.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.BulkHeader.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BulkHeader dtype. */
            dtype: gemmesh.wire.Dtype;

            /** BulkHeader rows. */
            rows: number;

            /** BulkHeader columns. */
            columns: number;

            /** BulkHeader id. */
            id?: (gemmesh.wire.UnitId.$Properties|null);

            /** BulkHeader slave. */
            slave: string;

            /** BulkHeader variant. */
            variant: string;

            /** BulkHeader processorSha256. */
            processorSha256: Uint8Array;

            /**
             * Encodes the specified BulkHeader message. Does not implicitly {@link gemmesh.wire.BulkHeader.verify|verify} messages.
             * @param message BulkHeader message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.BulkHeader.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BulkHeader message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.BulkHeader & gemmesh.wire.BulkHeader.$Shape} BulkHeader
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.BulkHeader & gemmesh.wire.BulkHeader.$Shape;
        }

        namespace BulkHeader {

            /** Properties of a BulkHeader. */
            interface $Properties {

                /** BulkHeader dtype */
                dtype?: (gemmesh.wire.Dtype|null);

                /** BulkHeader rows */
                rows?: (number|null);

                /** BulkHeader columns */
                columns?: (number|null);

                /** BulkHeader id */
                id?: (gemmesh.wire.UnitId.$Properties|null);

                /** BulkHeader slave */
                slave?: (string|null);

                /** BulkHeader variant */
                variant?: (string|null);

                /** BulkHeader processorSha256 */
                processorSha256?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a BulkHeader. */
            type $Shape = gemmesh.wire.BulkHeader.$Properties;
        }

        /**
         * Properties of a Chunk.
         * @deprecated Use gemmesh.wire.Chunk.$Properties instead.
         */
        interface IChunk extends gemmesh.wire.Chunk.$Properties {
        }

        /** Represents a Chunk. */
        class Chunk {

            /**
             * Constructs a new Chunk.
             * @param [properties] Properties to set
             */
            constructor(properties?: gemmesh.wire.Chunk.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Chunk header. */
            header?: (gemmesh.wire.BulkHeader.$Properties|null);

            /** Chunk offset. */
            offset: number;

            /** Chunk crc32. */
            crc32: number;

            /** Chunk checksum. */
            checksum: Uint8Array;

            /** Chunk digest. */
            digest: Uint8Array;

            /** Chunk data. */
            data: Uint8Array;

            /**
             * Encodes the specified Chunk message. Does not implicitly {@link gemmesh.wire.Chunk.verify|verify} messages.
             * @param message Chunk message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: gemmesh.wire.Chunk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Chunk message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {gemmesh.wire.Chunk & gemmesh.wire.Chunk.$Shape} Chunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): gemmesh.wire.Chunk & gemmesh.wire.Chunk.$Shape;
        }

        namespace Chunk {

            /** Properties of a Chunk. */
            interface $Properties {

                /** Chunk header */
                header?: (gemmesh.wire.BulkHeader.$Properties|null);

                /** Chunk offset */
                offset?: (number|null);

                /** Chunk crc32 */
                crc32?: (number|null);

                /** Chunk checksum */
                checksum?: (Uint8Array|null);

                /** Chunk digest */
                digest?: (Uint8Array|null);

                /** Chunk data */
                data?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Chunk. */
            type $Shape = gemmesh.wire.Chunk.$Properties;
        }
    }
}
