import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  run
} from "./chunk-2J366ICK.js";
import {
  parseArguments
} from "./chunk-PH74HDKL.js";
import "./chunk-V7QMDFJV.js";
import {
  parseUlimit
} from "./chunk-XNYKT6XT.js";
import {
  allCredentials
} from "./chunk-BBTDXB4W.js";
import {
  parseCsvLine
} from "./chunk-YLP36GFZ.js";
import {
  decodeJsonLines
} from "./chunk-5LN6FHN2.js";
import {
  parseSize,
  parseSwapSize
} from "./chunk-6JYLRKDK.js";
import "./chunk-IJCJREXZ.js";
import "./chunk-7SSBNG2S.js";
import "./chunk-Y2MROQQV.js";
import {
  programName
} from "./chunk-EGQGQT3A.js";
import {
  escapeControls
} from "./chunk-G5U4NNID.js";
import "./chunk-574XGQBR.js";
import {
  humanSize
} from "./chunk-WYE2WXCF.js";
import {
  openStream
} from "./chunk-Z4HAEEUC.js";
import "./chunk-DL7QURQB.js";
import "./chunk-JSFMCB3A.js";
import "./chunk-DVWXHFU4.js";
import "./chunk-GK2WXUHP.js";
import {
  pairsToMap,
  splitPair
} from "./chunk-NLNHA66E.js";
import "./chunk-GVOX5WRT.js";
import {
  readConfigFile
} from "./chunk-B2SSDNQC.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerCreate,
  containerExport,
  containerRemove
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import {
  bool as bool2,
  endpoint,
  filters,
  int as int2,
  json,
  reply,
  text as text2,
  texts
} from "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  int,
  list,
  parsed,
  parsedList,
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import {
  __callDispose,
  __commonJS,
  __require,
  __toESM,
  __using
} from "./chunk-UIKEASUR.js";

// node_modules/.pnpm/events-universal@1.0.1/node_modules/events-universal/default.js
var require_default = __commonJS({
  "node_modules/.pnpm/events-universal@1.0.1/node_modules/events-universal/default.js"(exports, module) {
    module.exports = __require("events");
  }
});

// node_modules/.pnpm/fast-fifo@1.3.2/node_modules/fast-fifo/fixed-size.js
var require_fixed_size = __commonJS({
  "node_modules/.pnpm/fast-fifo@1.3.2/node_modules/fast-fifo/fixed-size.js"(exports, module) {
    module.exports = class FixedFIFO {
      constructor(hwm) {
        if (!(hwm > 0) || (hwm - 1 & hwm) !== 0) throw new Error("Max size for a FixedFIFO should be a power of two");
        this.buffer = new Array(hwm);
        this.mask = hwm - 1;
        this.top = 0;
        this.btm = 0;
        this.next = null;
      }
      clear() {
        this.top = this.btm = 0;
        this.next = null;
        this.buffer.fill(void 0);
      }
      push(data) {
        if (this.buffer[this.top] !== void 0) return false;
        this.buffer[this.top] = data;
        this.top = this.top + 1 & this.mask;
        return true;
      }
      shift() {
        const last = this.buffer[this.btm];
        if (last === void 0) return void 0;
        this.buffer[this.btm] = void 0;
        this.btm = this.btm + 1 & this.mask;
        return last;
      }
      peek() {
        return this.buffer[this.btm];
      }
      isEmpty() {
        return this.buffer[this.btm] === void 0;
      }
    };
  }
});

// node_modules/.pnpm/fast-fifo@1.3.2/node_modules/fast-fifo/index.js
var require_fast_fifo = __commonJS({
  "node_modules/.pnpm/fast-fifo@1.3.2/node_modules/fast-fifo/index.js"(exports, module) {
    var FixedFIFO = require_fixed_size();
    module.exports = class FastFIFO {
      constructor(hwm) {
        this.hwm = hwm || 16;
        this.head = new FixedFIFO(this.hwm);
        this.tail = this.head;
        this.length = 0;
      }
      clear() {
        this.head = this.tail;
        this.head.clear();
        this.length = 0;
      }
      push(val) {
        this.length++;
        if (!this.head.push(val)) {
          const prev = this.head;
          this.head = prev.next = new FixedFIFO(2 * this.head.buffer.length);
          this.head.push(val);
        }
      }
      shift() {
        if (this.length !== 0) this.length--;
        const val = this.tail.shift();
        if (val === void 0 && this.tail.next) {
          const next = this.tail.next;
          this.tail.next = null;
          this.tail = next;
          return this.tail.shift();
        }
        return val;
      }
      peek() {
        const val = this.tail.peek();
        if (val === void 0 && this.tail.next) return this.tail.next.peek();
        return val;
      }
      isEmpty() {
        return this.length === 0;
      }
    };
  }
});

// node_modules/.pnpm/b4a@1.9.0/node_modules/b4a/index.js
var require_b4a = __commonJS({
  "node_modules/.pnpm/b4a@1.9.0/node_modules/b4a/index.js"(exports, module) {
    function isBuffer(value) {
      return Buffer.isBuffer(value) || value instanceof Uint8Array;
    }
    function isEncoding(encoding) {
      return Buffer.isEncoding(encoding);
    }
    function alloc(size, fill2, encoding) {
      return Buffer.alloc(size, fill2, encoding);
    }
    function allocUnsafe(size) {
      return Buffer.allocUnsafe(size);
    }
    function allocUnsafeSlow(size) {
      return Buffer.allocUnsafeSlow(size);
    }
    function byteLength(string, encoding) {
      return Buffer.byteLength(string, encoding);
    }
    function compare(a, b) {
      return Buffer.compare(a, b);
    }
    function concat(buffers, totalLength) {
      return Buffer.concat(buffers, totalLength);
    }
    function copy(source, target, targetStart, start, end) {
      return toBuffer(source).copy(target, targetStart, start, end);
    }
    function equals(a, b) {
      return toBuffer(a).equals(b);
    }
    function fill(buffer, value, offset, end, encoding) {
      return toBuffer(buffer).fill(value, offset, end, encoding);
    }
    function from(value, encodingOrOffset, length) {
      return Buffer.from(value, encodingOrOffset, length);
    }
    function includes(buffer, value, byteOffset, encoding) {
      return toBuffer(buffer).includes(value, byteOffset, encoding);
    }
    function indexOf(buffer, value, byfeOffset, encoding) {
      return toBuffer(buffer).indexOf(value, byfeOffset, encoding);
    }
    function lastIndexOf(buffer, value, byteOffset, encoding) {
      return toBuffer(buffer).lastIndexOf(value, byteOffset, encoding);
    }
    function swap16(buffer) {
      return toBuffer(buffer).swap16();
    }
    function swap32(buffer) {
      return toBuffer(buffer).swap32();
    }
    function swap64(buffer) {
      return toBuffer(buffer).swap64();
    }
    function toBuffer(buffer) {
      if (Buffer.isBuffer(buffer)) return buffer;
      return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    }
    function toString(buffer, encoding, start, end) {
      return toBuffer(buffer).toString(encoding, start, end);
    }
    function toHex(buffer, start, end) {
      return toBuffer(buffer).toString("hex", start, end);
    }
    function write(buffer, string, offset, length, encoding) {
      return toBuffer(buffer).write(string, offset, length, encoding);
    }
    function readDoubleBE(buffer, offset) {
      return toBuffer(buffer).readDoubleBE(offset);
    }
    function readDoubleLE(buffer, offset) {
      return toBuffer(buffer).readDoubleLE(offset);
    }
    function readFloatBE(buffer, offset) {
      return toBuffer(buffer).readFloatBE(offset);
    }
    function readFloatLE(buffer, offset) {
      return toBuffer(buffer).readFloatLE(offset);
    }
    function readInt32BE(buffer, offset) {
      return toBuffer(buffer).readInt32BE(offset);
    }
    function readInt32LE(buffer, offset) {
      return toBuffer(buffer).readInt32LE(offset);
    }
    function readUInt32BE(buffer, offset) {
      return toBuffer(buffer).readUInt32BE(offset);
    }
    function readUInt32LE(buffer, offset) {
      return toBuffer(buffer).readUInt32LE(offset);
    }
    function writeDoubleBE(buffer, value, offset) {
      return toBuffer(buffer).writeDoubleBE(value, offset);
    }
    function writeDoubleLE(buffer, value, offset) {
      return toBuffer(buffer).writeDoubleLE(value, offset);
    }
    function writeFloatBE(buffer, value, offset) {
      return toBuffer(buffer).writeFloatBE(value, offset);
    }
    function writeFloatLE(buffer, value, offset) {
      return toBuffer(buffer).writeFloatLE(value, offset);
    }
    function writeInt32BE(buffer, value, offset) {
      return toBuffer(buffer).writeInt32BE(value, offset);
    }
    function writeInt32LE(buffer, value, offset) {
      return toBuffer(buffer).writeInt32LE(value, offset);
    }
    function writeUInt32BE(buffer, value, offset) {
      return toBuffer(buffer).writeUInt32BE(value, offset);
    }
    function writeUInt32LE(buffer, value, offset) {
      return toBuffer(buffer).writeUInt32LE(value, offset);
    }
    module.exports = {
      isBuffer,
      isEncoding,
      alloc,
      allocUnsafe,
      allocUnsafeSlow,
      byteLength,
      compare,
      concat,
      copy,
      equals,
      fill,
      from,
      includes,
      indexOf,
      lastIndexOf,
      swap16,
      swap32,
      swap64,
      toBuffer,
      toString,
      toHex,
      write,
      readDoubleBE,
      readDoubleLE,
      readFloatBE,
      readFloatLE,
      readInt32BE,
      readInt32LE,
      readUInt32BE,
      readUInt32LE,
      writeDoubleBE,
      writeDoubleLE,
      writeFloatBE,
      writeFloatLE,
      writeInt32BE,
      writeInt32LE,
      writeUInt32BE,
      writeUInt32LE
    };
  }
});

// node_modules/.pnpm/text-decoder@1.2.7/node_modules/text-decoder/lib/pass-through-decoder.js
var require_pass_through_decoder = __commonJS({
  "node_modules/.pnpm/text-decoder@1.2.7/node_modules/text-decoder/lib/pass-through-decoder.js"(exports, module) {
    var b4a = require_b4a();
    module.exports = class PassThroughDecoder {
      constructor(encoding) {
        this.encoding = encoding;
      }
      get remaining() {
        return 0;
      }
      decode(data) {
        return b4a.toString(data, this.encoding);
      }
      flush() {
        return "";
      }
    };
  }
});

// node_modules/.pnpm/text-decoder@1.2.7/node_modules/text-decoder/lib/utf8-decoder.js
var require_utf8_decoder = __commonJS({
  "node_modules/.pnpm/text-decoder@1.2.7/node_modules/text-decoder/lib/utf8-decoder.js"(exports, module) {
    var b4a = require_b4a();
    module.exports = class UTF8Decoder {
      constructor() {
        this._reset();
      }
      get remaining() {
        return this.bytesSeen;
      }
      decode(data) {
        if (data.byteLength === 0) return "";
        if (this.bytesNeeded === 0 && trailingIncomplete(data, 0) === 0) {
          this.bytesSeen = trailingBytesSeen(data);
          return b4a.toString(data, "utf8");
        }
        let result = "";
        let start = 0;
        if (this.bytesNeeded > 0) {
          while (start < data.byteLength) {
            const byte = data[start];
            if (byte < this.lowerBoundary || byte > this.upperBoundary) {
              result += "\uFFFD";
              this._reset();
              break;
            }
            this.lowerBoundary = 128;
            this.upperBoundary = 191;
            this.codePoint = this.codePoint << 6 | byte & 63;
            this.bytesSeen++;
            start++;
            if (this.bytesSeen === this.bytesNeeded) {
              result += String.fromCodePoint(this.codePoint);
              this._reset();
              break;
            }
          }
          if (this.bytesNeeded > 0) return result;
        }
        const trailing = trailingIncomplete(data, start);
        const end = data.byteLength - trailing;
        if (end > start) result += b4a.toString(data, "utf8", start, end);
        for (let i = end; i < data.byteLength; i++) {
          const byte = data[i];
          if (this.bytesNeeded === 0) {
            if (byte <= 127) {
              this.bytesSeen = 0;
              result += String.fromCharCode(byte);
            } else if (byte >= 194 && byte <= 223) {
              this.bytesNeeded = 2;
              this.bytesSeen = 1;
              this.codePoint = byte & 31;
            } else if (byte >= 224 && byte <= 239) {
              if (byte === 224) this.lowerBoundary = 160;
              else if (byte === 237) this.upperBoundary = 159;
              this.bytesNeeded = 3;
              this.bytesSeen = 1;
              this.codePoint = byte & 15;
            } else if (byte >= 240 && byte <= 244) {
              if (byte === 240) this.lowerBoundary = 144;
              else if (byte === 244) this.upperBoundary = 143;
              this.bytesNeeded = 4;
              this.bytesSeen = 1;
              this.codePoint = byte & 7;
            } else {
              this.bytesSeen = 1;
              result += "\uFFFD";
            }
            continue;
          }
          if (byte < this.lowerBoundary || byte > this.upperBoundary) {
            result += "\uFFFD";
            i--;
            this._reset();
            continue;
          }
          this.lowerBoundary = 128;
          this.upperBoundary = 191;
          this.codePoint = this.codePoint << 6 | byte & 63;
          this.bytesSeen++;
          if (this.bytesSeen === this.bytesNeeded) {
            result += String.fromCodePoint(this.codePoint);
            this._reset();
          }
        }
        return result;
      }
      flush() {
        const result = this.bytesNeeded > 0 ? "\uFFFD" : "";
        this._reset();
        return result;
      }
      _reset() {
        this.codePoint = 0;
        this.bytesNeeded = 0;
        this.bytesSeen = 0;
        this.lowerBoundary = 128;
        this.upperBoundary = 191;
      }
    };
    function trailingIncomplete(data, start) {
      const len = data.byteLength;
      if (len <= start) return 0;
      const limit = Math.max(start, len - 4);
      let i = len - 1;
      while (i > limit && (data[i] & 192) === 128) i--;
      if (i < start) return 0;
      const byte = data[i];
      let needed2;
      if (byte <= 127) return 0;
      if (byte >= 194 && byte <= 223) needed2 = 2;
      else if (byte >= 224 && byte <= 239) needed2 = 3;
      else if (byte >= 240 && byte <= 244) needed2 = 4;
      else return 0;
      const available = len - i;
      return available < needed2 ? available : 0;
    }
    function trailingBytesSeen(data) {
      const len = data.byteLength;
      if (len === 0) return 0;
      const last = data[len - 1];
      if (last <= 127) return 0;
      if ((last & 192) !== 128) return 1;
      const limit = Math.max(0, len - 4);
      let i = len - 2;
      while (i >= limit && (data[i] & 192) === 128) i--;
      if (i < 0) return 1;
      const first = data[i];
      let needed2;
      if (first >= 194 && first <= 223) needed2 = 2;
      else if (first >= 224 && first <= 239) needed2 = 3;
      else if (first >= 240 && first <= 244) needed2 = 4;
      else return 1;
      if (len - i !== needed2) return 1;
      if (needed2 >= 3) {
        const second = data[i + 1];
        if (first === 224 && second < 160) return 1;
        if (first === 237 && second > 159) return 1;
        if (first === 240 && second < 144) return 1;
        if (first === 244 && second > 143) return 1;
      }
      return 0;
    }
  }
});

// node_modules/.pnpm/text-decoder@1.2.7/node_modules/text-decoder/index.js
var require_text_decoder = __commonJS({
  "node_modules/.pnpm/text-decoder@1.2.7/node_modules/text-decoder/index.js"(exports, module) {
    var PassThroughDecoder = require_pass_through_decoder();
    var UTF8Decoder = require_utf8_decoder();
    module.exports = class TextDecoder {
      constructor(encoding = "utf8") {
        this.encoding = normalizeEncoding(encoding);
        switch (this.encoding) {
          case "utf8":
            this.decoder = new UTF8Decoder();
            break;
          case "utf16le":
          case "base64":
            throw new Error("Unsupported encoding: " + this.encoding);
          default:
            this.decoder = new PassThroughDecoder(this.encoding);
        }
      }
      get remaining() {
        return this.decoder.remaining;
      }
      push(data) {
        if (typeof data === "string") return data;
        return this.decoder.decode(data);
      }
      // For Node.js compatibility
      write(data) {
        return this.push(data);
      }
      end(data) {
        let result = "";
        if (data) result = this.push(data);
        result += this.decoder.flush();
        return result;
      }
    };
    function normalizeEncoding(encoding) {
      encoding = encoding.toLowerCase();
      switch (encoding) {
        case "utf8":
        case "utf-8":
          return "utf8";
        case "ucs2":
        case "ucs-2":
        case "utf16le":
        case "utf-16le":
          return "utf16le";
        case "latin1":
        case "binary":
          return "latin1";
        case "base64":
        case "ascii":
        case "hex":
          return encoding;
        default:
          throw new Error("Unknown encoding: " + encoding);
      }
    }
  }
});

// node_modules/.pnpm/streamx@2.28.1/node_modules/streamx/lib/errors.js
var require_errors = __commonJS({
  "node_modules/.pnpm/streamx@2.28.1/node_modules/streamx/lib/errors.js"(exports, module) {
    module.exports = class StreamError extends Error {
      constructor(msg, code, fn = StreamError) {
        super(msg);
        this.code = code;
        if (Error.captureStackTrace) {
          Error.captureStackTrace(this, fn);
        }
      }
      static isStreamDestroyed(err) {
        return err && err.code === "STREAM_DESTROYED";
      }
      static isPrematureClose(err) {
        return err && err.code === "PREMATURE_CLOSE";
      }
      static isAborted(err) {
        return err && err.code === "ABORTED";
      }
      static isBadArgument(err) {
        return err && err.code === "BAD_ARGUMENT";
      }
      get name() {
        return "StreamError";
      }
      static STREAM_DESTROYED() {
        return new StreamError("Stream was destroyed", "STREAM_DESTROYED", StreamError.STREAM_DESTROYED);
      }
      static PREMATURE_CLOSE(msg = "Premature close") {
        return new StreamError(msg, "PREMATURE_CLOSE", StreamError.PREMATURE_CLOSE);
      }
      static ABORTED() {
        return new StreamError("Stream aborted", "ABORTED", StreamError.ABORTED);
      }
      static BAD_ARGUMENT(msg = "Bad argument") {
        return new StreamError(msg, "BAD_ARGUMENT", StreamError.BAD_ARGUMENT);
      }
    };
  }
});

// node_modules/.pnpm/streamx@2.28.1/node_modules/streamx/index.js
var require_streamx = __commonJS({
  "node_modules/.pnpm/streamx@2.28.1/node_modules/streamx/index.js"(exports, module) {
    var { EventEmitter } = require_default();
    var FIFO = require_fast_fifo();
    var TextDecoder = require_text_decoder();
    var StreamError = require_errors();
    var qmt = typeof queueMicrotask === "undefined" ? (fn) => global.process.nextTick(fn) : queueMicrotask;
    var MAX = (1 << 29) - 1;
    var OPENING = 1;
    var PREDESTROYING = 2;
    var DESTROYING = 4;
    var DESTROYED = 8;
    var NOT_OPENING = MAX ^ OPENING;
    var NOT_PREDESTROYING = MAX ^ PREDESTROYING;
    var READ_ACTIVE = 1 << 4;
    var READ_UPDATING = 2 << 4;
    var READ_PRIMARY = 4 << 4;
    var READ_QUEUED = 8 << 4;
    var READ_RESUMED = 16 << 4;
    var READ_PIPE_DRAINED = 32 << 4;
    var READ_ENDING = 64 << 4;
    var READ_EMIT_DATA = 128 << 4;
    var READ_EMIT_READABLE = 256 << 4;
    var READ_EMITTED_READABLE = 512 << 4;
    var READ_DONE = 1024 << 4;
    var READ_NEXT_TICK = 2048 << 4;
    var READ_NEEDS_PUSH = 4096 << 4;
    var READ_READ_AHEAD = 8192 << 4;
    var READ_FLOWING = READ_RESUMED | READ_PIPE_DRAINED;
    var READ_ACTIVE_AND_NEEDS_PUSH = READ_ACTIVE | READ_NEEDS_PUSH;
    var READ_PRIMARY_AND_ACTIVE = READ_PRIMARY | READ_ACTIVE;
    var READ_EMIT_READABLE_AND_QUEUED = READ_EMIT_READABLE | READ_QUEUED;
    var READ_RESUMED_READ_AHEAD = READ_RESUMED | READ_READ_AHEAD;
    var READ_NOT_ACTIVE = MAX ^ READ_ACTIVE;
    var READ_NON_PRIMARY = MAX ^ READ_PRIMARY;
    var READ_NON_PRIMARY_AND_PUSHED = MAX ^ (READ_PRIMARY | READ_NEEDS_PUSH);
    var READ_PUSHED = MAX ^ READ_NEEDS_PUSH;
    var READ_PAUSED = MAX ^ READ_RESUMED;
    var READ_NOT_QUEUED = MAX ^ (READ_QUEUED | READ_EMITTED_READABLE);
    var READ_NOT_ENDING = MAX ^ READ_ENDING;
    var READ_PIPE_NOT_DRAINED = MAX ^ READ_FLOWING;
    var READ_NOT_NEXT_TICK = MAX ^ READ_NEXT_TICK;
    var READ_NOT_UPDATING = MAX ^ READ_UPDATING;
    var READ_NO_READ_AHEAD = MAX ^ READ_READ_AHEAD;
    var READ_PAUSED_NO_READ_AHEAD = MAX ^ READ_RESUMED_READ_AHEAD;
    var WRITE_ACTIVE = 1 << 18;
    var WRITE_UPDATING = 2 << 18;
    var WRITE_PRIMARY = 4 << 18;
    var WRITE_QUEUED = 8 << 18;
    var WRITE_UNDRAINED = 16 << 18;
    var WRITE_DONE = 32 << 18;
    var WRITE_EMIT_DRAIN = 64 << 18;
    var WRITE_NEXT_TICK = 128 << 18;
    var WRITE_WRITING = 256 << 18;
    var WRITE_FINISHING = 512 << 18;
    var WRITE_CORKED = 1024 << 18;
    var WRITE_NOT_ACTIVE = MAX ^ (WRITE_ACTIVE | WRITE_WRITING);
    var WRITE_NON_PRIMARY = MAX ^ WRITE_PRIMARY;
    var WRITE_NOT_FINISHING = MAX ^ (WRITE_ACTIVE | WRITE_FINISHING);
    var WRITE_DRAINED = MAX ^ WRITE_UNDRAINED;
    var WRITE_NOT_QUEUED = MAX ^ WRITE_QUEUED;
    var WRITE_NOT_NEXT_TICK = MAX ^ WRITE_NEXT_TICK;
    var WRITE_NOT_UPDATING = MAX ^ WRITE_UPDATING;
    var WRITE_NOT_CORKED = MAX ^ WRITE_CORKED;
    var ACTIVE = READ_ACTIVE | WRITE_ACTIVE;
    var NOT_ACTIVE = MAX ^ ACTIVE;
    var DONE = READ_DONE | WRITE_DONE;
    var DESTROY_STATUS = DESTROYING | DESTROYED | PREDESTROYING;
    var OPEN_STATUS = DESTROY_STATUS | OPENING;
    var AUTO_DESTROY = DESTROY_STATUS | DONE;
    var NON_PRIMARY = WRITE_NON_PRIMARY & READ_NON_PRIMARY;
    var ACTIVE_OR_TICKING = WRITE_NEXT_TICK | READ_NEXT_TICK;
    var TICKING = ACTIVE_OR_TICKING & NOT_ACTIVE;
    var IS_OPENING = OPEN_STATUS | TICKING;
    var READ_PRIMARY_STATUS = OPEN_STATUS | READ_ENDING | READ_DONE;
    var READ_STATUS = OPEN_STATUS | READ_DONE | READ_QUEUED;
    var READ_ENDING_STATUS = OPEN_STATUS | READ_ENDING | READ_QUEUED;
    var READ_READABLE_STATUS = OPEN_STATUS | READ_EMIT_READABLE | READ_QUEUED | READ_EMITTED_READABLE;
    var SHOULD_NOT_READ = OPEN_STATUS | READ_ACTIVE | READ_ENDING | READ_DONE | READ_NEEDS_PUSH | READ_READ_AHEAD;
    var READ_BACKPRESSURE_STATUS = DESTROY_STATUS | READ_ENDING | READ_DONE;
    var READ_UPDATE_SYNC_STATUS = READ_UPDATING | OPEN_STATUS | READ_NEXT_TICK | READ_PRIMARY;
    var READ_NEXT_TICK_OR_OPENING = READ_NEXT_TICK | OPENING;
    var WRITE_PRIMARY_STATUS = OPEN_STATUS | WRITE_FINISHING | WRITE_DONE;
    var WRITE_QUEUED_AND_UNDRAINED = WRITE_QUEUED | WRITE_UNDRAINED;
    var WRITE_QUEUED_AND_ACTIVE = WRITE_QUEUED | WRITE_ACTIVE;
    var WRITE_DRAIN_STATUS = WRITE_QUEUED | WRITE_UNDRAINED | OPEN_STATUS | WRITE_ACTIVE;
    var WRITE_STATUS = OPEN_STATUS | WRITE_ACTIVE | WRITE_QUEUED | WRITE_CORKED;
    var WRITE_PRIMARY_AND_ACTIVE = WRITE_PRIMARY | WRITE_ACTIVE;
    var WRITE_ACTIVE_AND_WRITING = WRITE_ACTIVE | WRITE_WRITING;
    var WRITE_FINISHING_STATUS = OPEN_STATUS | WRITE_FINISHING | WRITE_QUEUED_AND_ACTIVE | WRITE_DONE;
    var WRITE_BACKPRESSURE_STATUS = WRITE_UNDRAINED | DESTROY_STATUS | WRITE_FINISHING | WRITE_DONE;
    var WRITE_UPDATE_SYNC_STATUS = WRITE_UPDATING | OPEN_STATUS | WRITE_NEXT_TICK | WRITE_PRIMARY;
    var WRITE_DROP_DATA = WRITE_FINISHING | WRITE_DONE | DESTROY_STATUS;
    var asyncIterator = Symbol.asyncIterator || /* @__PURE__ */ Symbol("asyncIterator");
    var WritableState = class {
      constructor(stream, { highWaterMark = 16384, map = null, mapWritable, byteLength, byteLengthWritable } = {}) {
        this.stream = stream;
        this.queue = new FIFO();
        this.highWaterMark = highWaterMark;
        this.buffered = 0;
        this.error = null;
        this.pipeline = null;
        this.drains = null;
        this.byteLength = byteLengthWritable || byteLength || defaultByteLength;
        this.map = mapWritable || map;
        this.afterWrite = afterWrite.bind(this);
        this.afterUpdateNextTick = updateWriteNT.bind(this);
      }
      get ending() {
        return (this.stream._duplexState & WRITE_FINISHING) !== 0;
      }
      get ended() {
        return (this.stream._duplexState & WRITE_DONE) !== 0;
      }
      push(data) {
        if ((this.stream._duplexState & WRITE_DROP_DATA) !== 0) return false;
        if (this.map !== null) data = this.map(data);
        this.buffered += this.byteLength(data);
        this.queue.push(data);
        if (this.buffered < this.highWaterMark) {
          this.stream._duplexState |= WRITE_QUEUED;
          return true;
        }
        this.stream._duplexState |= WRITE_QUEUED_AND_UNDRAINED;
        return false;
      }
      shift() {
        const data = this.queue.shift();
        this.buffered -= this.byteLength(data);
        if (this.buffered === 0) this.stream._duplexState &= WRITE_NOT_QUEUED;
        return data;
      }
      end(data) {
        if (typeof data === "function") {
          this.stream.once("finish", data);
        } else if (data !== void 0 && data !== null) {
          this.push(data);
        }
        this.stream._duplexState = (this.stream._duplexState | WRITE_FINISHING) & WRITE_NON_PRIMARY;
      }
      autoBatch(data, cb) {
        const buffer = [];
        const stream = this.stream;
        buffer.push(data);
        while ((stream._duplexState & WRITE_STATUS) === WRITE_QUEUED_AND_ACTIVE) {
          buffer.push(stream._writableState.shift());
        }
        if ((stream._duplexState & OPEN_STATUS) !== 0) return cb(null);
        stream._writev(buffer, cb);
      }
      update() {
        const stream = this.stream;
        stream._duplexState |= WRITE_UPDATING;
        do {
          while ((stream._duplexState & WRITE_STATUS) === WRITE_QUEUED) {
            const data = this.shift();
            stream._duplexState |= WRITE_ACTIVE_AND_WRITING;
            stream._write(data, this.afterWrite);
          }
          if ((stream._duplexState & WRITE_PRIMARY_AND_ACTIVE) === 0) this.updateNonPrimary();
        } while (this.continueUpdate() === true);
        stream._duplexState &= WRITE_NOT_UPDATING;
      }
      updateNonPrimary() {
        const stream = this.stream;
        if ((stream._duplexState & WRITE_FINISHING_STATUS) === WRITE_FINISHING) {
          stream._duplexState = stream._duplexState | WRITE_ACTIVE;
          stream._final(afterFinal.bind(this));
          return;
        }
        if ((stream._duplexState & DESTROY_STATUS) === DESTROYING) {
          if ((stream._duplexState & ACTIVE_OR_TICKING) === 0) {
            stream._duplexState |= ACTIVE;
            stream._destroy(afterDestroy.bind(this));
          }
          return;
        }
        if ((stream._duplexState & IS_OPENING) === OPENING) {
          stream._duplexState = (stream._duplexState | ACTIVE) & NOT_OPENING;
          stream._open(afterOpen.bind(this));
        }
      }
      continueUpdate() {
        if ((this.stream._duplexState & WRITE_NEXT_TICK) === 0) return false;
        this.stream._duplexState &= WRITE_NOT_NEXT_TICK;
        return true;
      }
      updateCallback() {
        if ((this.stream._duplexState & WRITE_UPDATE_SYNC_STATUS) === WRITE_PRIMARY) {
          this.update();
        } else {
          this.updateNextTick();
        }
      }
      updateNextTick() {
        if ((this.stream._duplexState & WRITE_NEXT_TICK) !== 0) return;
        this.stream._duplexState |= WRITE_NEXT_TICK;
        if ((this.stream._duplexState & WRITE_UPDATING) === 0) qmt(this.afterUpdateNextTick);
      }
    };
    var ReadableState = class {
      constructor(stream, { highWaterMark = 16384, map = null, mapReadable, byteLength, byteLengthReadable } = {}) {
        this.stream = stream;
        this.queue = new FIFO();
        this.highWaterMark = highWaterMark === 0 ? 1 : highWaterMark;
        this.buffered = 0;
        this.readAhead = highWaterMark > 0;
        this.error = null;
        this.pipeline = null;
        this.byteLength = byteLengthReadable || byteLength || defaultByteLength;
        this.map = mapReadable || map;
        this.pipeTo = null;
        this.afterRead = afterRead.bind(this);
        this.afterUpdateNextTick = updateReadNT.bind(this);
      }
      get ending() {
        return (this.stream._duplexState & READ_ENDING) !== 0;
      }
      get ended() {
        return (this.stream._duplexState & READ_DONE) !== 0;
      }
      pipe(pipeTo, cb) {
        if (this.pipeTo !== null) throw StreamError.BAD_ARGUMENT("Can only pipe to one destination");
        if (typeof cb !== "function") cb = null;
        this.stream._duplexState |= READ_PIPE_DRAINED;
        this.pipeTo = pipeTo;
        this.pipeline = new Pipeline(this.stream, pipeTo, cb);
        if (cb) this.stream.on("error", noop);
        if (isStreamx(pipeTo)) {
          pipeTo._writableState.pipeline = this.pipeline;
          if (cb) pipeTo.on("error", noop);
          pipeTo.on("finish", this.pipeline.finished.bind(this.pipeline));
        } else {
          const onerror = this.pipeline.done.bind(this.pipeline, pipeTo);
          const onclose = this.pipeline.done.bind(this.pipeline, pipeTo, null);
          pipeTo.on("error", onerror);
          pipeTo.on("close", onclose);
          pipeTo.on("finish", this.pipeline.finished.bind(this.pipeline));
        }
        pipeTo.on("drain", afterDrain.bind(this));
        this.stream.emit("piping", pipeTo);
        pipeTo.emit("pipe", this.stream);
      }
      push(data) {
        const stream = this.stream;
        if (data === null) {
          this.highWaterMark = 0;
          stream._duplexState = (stream._duplexState | READ_ENDING) & READ_NON_PRIMARY_AND_PUSHED;
          return false;
        }
        if (this.map !== null) {
          data = this.map(data);
          if (data === null) {
            stream._duplexState &= READ_PUSHED;
            return this.buffered < this.highWaterMark;
          }
        }
        this.buffered += this.byteLength(data);
        this.queue.push(data);
        stream._duplexState = (stream._duplexState | READ_QUEUED) & READ_PUSHED;
        return this.buffered < this.highWaterMark;
      }
      shift() {
        const data = this.queue.shift();
        this.buffered -= this.byteLength(data);
        if (this.buffered === 0) {
          this.stream._duplexState &= READ_NOT_QUEUED;
        }
        return data;
      }
      unshift(data) {
        const pending = [this.map !== null ? this.map(data) : data];
        while (this.buffered > 0) pending.push(this.shift());
        for (let i = 0; i < pending.length - 1; i++) {
          const data2 = pending[i];
          this.buffered += this.byteLength(data2);
          this.queue.push(data2);
        }
        this.push(pending[pending.length - 1]);
      }
      read() {
        const stream = this.stream;
        if ((stream._duplexState & READ_STATUS) === READ_QUEUED) {
          const data = this.shift();
          if (this.pipeTo !== null && this.pipeTo.write(data) === false) {
            stream._duplexState &= READ_PIPE_NOT_DRAINED;
          }
          if ((stream._duplexState & READ_EMIT_DATA) !== 0) {
            stream.emit("data", data);
          }
          return data;
        }
        if (this.readAhead === false) {
          stream._duplexState |= READ_READ_AHEAD;
          this.updateNextTick();
        }
        return null;
      }
      drain() {
        const stream = this.stream;
        while ((stream._duplexState & READ_STATUS) === READ_QUEUED && (stream._duplexState & READ_FLOWING) !== 0) {
          const data = this.shift();
          if (this.pipeTo !== null && this.pipeTo.write(data) === false) {
            stream._duplexState &= READ_PIPE_NOT_DRAINED;
          }
          if ((stream._duplexState & READ_EMIT_DATA) !== 0) {
            stream.emit("data", data);
          }
        }
      }
      update() {
        const stream = this.stream;
        stream._duplexState |= READ_UPDATING;
        do {
          this.drain();
          while (this.buffered < this.highWaterMark && (stream._duplexState & SHOULD_NOT_READ) === READ_READ_AHEAD) {
            stream._duplexState |= READ_ACTIVE_AND_NEEDS_PUSH;
            stream._read(this.afterRead);
            this.drain();
          }
          if ((stream._duplexState & READ_READABLE_STATUS) === READ_EMIT_READABLE_AND_QUEUED) {
            stream._duplexState |= READ_EMITTED_READABLE;
            stream.emit("readable");
          }
          if ((stream._duplexState & READ_PRIMARY_AND_ACTIVE) === 0) {
            this.updateNonPrimary();
          }
        } while (this.continueUpdate() === true);
        stream._duplexState &= READ_NOT_UPDATING;
      }
      updateNonPrimary() {
        const stream = this.stream;
        if ((stream._duplexState & READ_ENDING_STATUS) === READ_ENDING) {
          stream._duplexState = (stream._duplexState | READ_DONE) & READ_NOT_ENDING;
          stream.emit("end");
          if ((stream._duplexState & AUTO_DESTROY) === DONE) {
            stream._duplexState |= DESTROYING;
          }
          if (this.pipeTo !== null) {
            this.pipeTo.end();
          }
        }
        if ((stream._duplexState & DESTROY_STATUS) === DESTROYING) {
          if ((stream._duplexState & ACTIVE_OR_TICKING) === 0) {
            stream._duplexState |= ACTIVE;
            stream._destroy(afterDestroy.bind(this));
          }
          return;
        }
        if ((stream._duplexState & IS_OPENING) === OPENING) {
          stream._duplexState = (stream._duplexState | ACTIVE) & NOT_OPENING;
          stream._open(afterOpen.bind(this));
        }
      }
      continueUpdate() {
        if ((this.stream._duplexState & READ_NEXT_TICK) === 0) return false;
        this.stream._duplexState &= READ_NOT_NEXT_TICK;
        return true;
      }
      updateCallback() {
        if ((this.stream._duplexState & READ_UPDATE_SYNC_STATUS) === READ_PRIMARY) {
          this.update();
        } else {
          this.updateNextTick();
        }
      }
      updateNextTickIfOpen() {
        if ((this.stream._duplexState & READ_NEXT_TICK_OR_OPENING) !== 0) return;
        this.stream._duplexState |= READ_NEXT_TICK;
        if ((this.stream._duplexState & READ_UPDATING) === 0) qmt(this.afterUpdateNextTick);
      }
      updateNextTick() {
        if ((this.stream._duplexState & READ_NEXT_TICK) !== 0) return;
        this.stream._duplexState |= READ_NEXT_TICK;
        if ((this.stream._duplexState & READ_UPDATING) === 0) qmt(this.afterUpdateNextTick);
      }
    };
    var TransformState = class {
      constructor(stream) {
        this.data = null;
        this.afterTransform = afterTransform.bind(stream);
        this.afterFinal = null;
      }
    };
    var Pipeline = class {
      constructor(src, dst, cb) {
        this.from = src;
        this.to = dst;
        this.afterPipe = cb;
        this.error = null;
        this.pipeToFinished = false;
      }
      finished() {
        this.pipeToFinished = true;
      }
      done(stream, err) {
        if (err) this.error = err;
        if (stream === this.to) {
          this.to = null;
          if (this.from !== null) {
            if ((this.from._duplexState & READ_DONE) === 0 || !this.pipeToFinished) {
              this.from.destroy(this.error || StreamError.PREMATURE_CLOSE("Writable stream closed"));
            }
            return;
          }
        }
        if (stream === this.from) {
          this.from = null;
          if (this.to !== null) {
            if ((stream._duplexState & READ_DONE) === 0) {
              this.to.destroy(this.error || StreamError.PREMATURE_CLOSE("Readable stream closed"));
            }
            return;
          }
        }
        if (this.afterPipe !== null) this.afterPipe(this.error);
        this.to = this.from = this.afterPipe = null;
      }
    };
    function afterDrain() {
      this.stream._duplexState |= READ_PIPE_DRAINED;
      this.updateCallback();
    }
    function afterFinal(err) {
      const stream = this.stream;
      if (err) stream.destroy(err);
      if ((stream._duplexState & DESTROY_STATUS) === 0) {
        stream._duplexState |= WRITE_DONE;
        stream.emit("finish");
      }
      if ((stream._duplexState & AUTO_DESTROY) === DONE) {
        stream._duplexState |= DESTROYING;
      }
      stream._duplexState &= WRITE_NOT_FINISHING;
      if ((stream._duplexState & WRITE_UPDATING) === 0) {
        this.update();
      } else {
        this.updateNextTick();
      }
    }
    function afterDestroy(err) {
      const stream = this.stream;
      if (!err && !StreamError.isStreamDestroyed(this.error)) err = this.error;
      if (err) stream.emit("error", err);
      stream._duplexState |= DESTROYED;
      stream.emit("close");
      const rs = stream._readableState;
      const ws = stream._writableState;
      if (rs !== null && rs.pipeline !== null) {
        rs.pipeline.done(stream, err);
      }
      if (ws !== null) {
        while (ws.drains !== null && ws.drains.length > 0) {
          ws.drains.shift().resolve(false);
        }
        if (ws.pipeline !== null) {
          ws.pipeline.done(stream, err);
        }
      }
    }
    function afterWrite(err) {
      const stream = this.stream;
      if (err) stream.destroy(err);
      stream._duplexState &= WRITE_NOT_ACTIVE;
      if (this.drains !== null) tickDrains(this.drains);
      if ((stream._duplexState & WRITE_DRAIN_STATUS) === WRITE_UNDRAINED) {
        stream._duplexState &= WRITE_DRAINED;
        if ((stream._duplexState & WRITE_EMIT_DRAIN) === WRITE_EMIT_DRAIN) {
          stream.emit("drain");
        }
      }
      this.updateCallback();
    }
    function afterRead(err) {
      if (err) this.stream.destroy(err);
      this.stream._duplexState &= READ_NOT_ACTIVE;
      if (this.readAhead === false && (this.stream._duplexState & READ_RESUMED) === 0) {
        this.stream._duplexState &= READ_NO_READ_AHEAD;
      }
      this.updateCallback();
    }
    function updateReadNT() {
      if ((this.stream._duplexState & READ_UPDATING) === 0) {
        this.stream._duplexState &= READ_NOT_NEXT_TICK;
        this.update();
      }
    }
    function updateWriteNT() {
      if ((this.stream._duplexState & WRITE_UPDATING) === 0) {
        this.stream._duplexState &= WRITE_NOT_NEXT_TICK;
        this.update();
      }
    }
    function tickDrains(drains) {
      for (let i = 0; i < drains.length; i++) {
        if (--drains[i].writes === 0) {
          drains.shift().resolve(true);
          i--;
        }
      }
    }
    function afterOpen(err) {
      const stream = this.stream;
      if (err) stream.destroy(err);
      if ((stream._duplexState & DESTROYING) === 0) {
        if ((stream._duplexState & READ_PRIMARY_STATUS) === 0) {
          stream._duplexState |= READ_PRIMARY;
        }
        if ((stream._duplexState & WRITE_PRIMARY_STATUS) === 0) {
          stream._duplexState |= WRITE_PRIMARY;
        }
        stream.emit("open");
      }
      stream._duplexState &= NOT_ACTIVE;
      if (stream._writableState !== null) {
        stream._writableState.updateCallback();
      }
      if (stream._readableState !== null) {
        stream._readableState.updateCallback();
      }
    }
    function afterTransform(err, data) {
      if (data !== void 0 && data !== null) this.push(data);
      this._writableState.afterWrite(err);
    }
    function newListener(name) {
      if (this._readableState !== null) {
        if (name === "data") {
          this._duplexState |= READ_EMIT_DATA | READ_RESUMED_READ_AHEAD;
          this._readableState.updateNextTick();
        }
        if (name === "readable") {
          this._duplexState |= READ_EMIT_READABLE;
          this._readableState.updateNextTick();
        }
      }
      if (this._writableState !== null) {
        if (name === "drain") {
          this._duplexState |= WRITE_EMIT_DRAIN;
          this._writableState.updateNextTick();
        }
      }
    }
    var Stream = class extends EventEmitter {
      constructor(opts) {
        super();
        this._duplexState = 0;
        this._readableState = null;
        this._writableState = null;
        if (opts) {
          if (opts.open) this._open = opts.open;
          if (opts.destroy) this._destroy = opts.destroy;
          if (opts.predestroy) this._predestroy = opts.predestroy;
          if (opts.signal) opts.signal.addEventListener("abort", abort.bind(this));
        }
        this.on("newListener", newListener);
      }
      _open(cb) {
        cb(null);
      }
      _destroy(cb) {
        cb(null);
      }
      _predestroy() {
      }
      get readable() {
        return this._readableState !== null ? true : void 0;
      }
      get writable() {
        return this._writableState !== null ? true : void 0;
      }
      get destroyed() {
        return (this._duplexState & DESTROYED) !== 0;
      }
      get destroying() {
        return (this._duplexState & DESTROY_STATUS) !== 0;
      }
      destroy(err) {
        if ((this._duplexState & DESTROY_STATUS) === 0) {
          if (!err) err = StreamError.STREAM_DESTROYED();
          this._duplexState = (this._duplexState | DESTROYING) & NON_PRIMARY;
          if (this._readableState !== null) {
            this._readableState.highWaterMark = 0;
            this._readableState.error = err;
          }
          if (this._writableState !== null) {
            this._writableState.highWaterMark = 0;
            this._writableState.error = err;
          }
          this._duplexState |= PREDESTROYING;
          this._predestroy();
          this._duplexState &= NOT_PREDESTROYING;
          if (this._readableState !== null) {
            this._readableState.updateNextTick();
          }
          if (this._writableState !== null) {
            this._writableState.updateNextTick();
          }
        }
      }
    };
    var Readable = class _Readable extends Stream {
      constructor(opts) {
        super(opts);
        this._duplexState |= OPENING | WRITE_DONE | READ_READ_AHEAD;
        this._readableState = new ReadableState(this, opts);
        if (opts) {
          if (this._readableState.readAhead === false) this._duplexState &= READ_NO_READ_AHEAD;
          if (opts.read) this._read = opts.read;
          if (opts.eagerOpen) this._readableState.updateNextTick();
          if (opts.encoding) this.setEncoding(opts.encoding);
        }
      }
      static deferred(fn, opts) {
        const out = new PassThrough(opts);
        fn().then((src) => {
          if (src === null) return out.end();
          if (out.destroying) return;
          pipeline3(src, out, noop);
        }).catch((err) => out.destroy(err));
        return out;
      }
      setEncoding(encoding) {
        const dec = new TextDecoder(encoding);
        const map = this._readableState.map || echo;
        this._readableState.map = mapOrSkip;
        return this;
        function mapOrSkip(data) {
          const next = dec.push(data);
          return next === "" && (data.byteLength !== 0 || dec.remaining > 0) ? null : map(next);
        }
      }
      _read(cb) {
        cb(null);
      }
      pipe(dest, cb) {
        this._readableState.updateNextTick();
        this._readableState.pipe(dest, cb);
        return dest;
      }
      read() {
        this._readableState.updateNextTick();
        return this._readableState.read();
      }
      push(data) {
        this._readableState.updateNextTickIfOpen();
        return this._readableState.push(data);
      }
      unshift(data) {
        this._readableState.updateNextTickIfOpen();
        return this._readableState.unshift(data);
      }
      resume() {
        this._duplexState |= READ_RESUMED_READ_AHEAD;
        this._readableState.updateNextTick();
        return this;
      }
      pause() {
        this._duplexState &= this._readableState.readAhead === false ? READ_PAUSED_NO_READ_AHEAD : READ_PAUSED;
        return this;
      }
      static _fromAsyncIterator(ite, opts) {
        let destroy;
        const rs = new _Readable({
          ...opts,
          read(cb) {
            ite.next().then(push).then(cb.bind(null, null)).catch(cb);
          },
          predestroy() {
            destroy = ite.return();
          },
          destroy(cb) {
            if (!destroy) return cb(null);
            destroy.then(cb.bind(null, null)).catch(cb);
          }
        });
        return rs;
        function push(data) {
          if (data.done) rs.push(null);
          else rs.push(data.value);
        }
      }
      static from(data, opts) {
        if (isReadStreamx(data)) return data;
        if (data[asyncIterator]) return this._fromAsyncIterator(data[asyncIterator](), opts);
        if (!Array.isArray(data)) data = data === void 0 ? [] : [data];
        let i = 0;
        return new _Readable({
          ...opts,
          read(cb) {
            this.push(i === data.length ? null : data[i++]);
            cb(null);
          }
        });
      }
      static isBackpressured(rs) {
        return (rs._duplexState & READ_BACKPRESSURE_STATUS) !== 0 || rs._readableState.buffered >= rs._readableState.highWaterMark;
      }
      static isPaused(rs) {
        return (rs._duplexState & READ_RESUMED) === 0;
      }
      [asyncIterator]() {
        const stream = this;
        let error = null;
        let promiseResolve = null;
        let promiseReject = null;
        this.on("error", (err) => {
          error = err;
        });
        this.on("readable", onreadable);
        this.on("close", onclose);
        return {
          [asyncIterator]() {
            return this;
          },
          next() {
            return new Promise(function(resolve2, reject) {
              promiseResolve = resolve2;
              promiseReject = reject;
              const data = stream.read();
              if (data !== null) ondata(data);
              else if ((stream._duplexState & DESTROYED) !== 0) ondata(null);
            });
          },
          return() {
            return destroy(null);
          },
          throw(err) {
            return destroy(err);
          }
        };
        function onreadable() {
          if (promiseResolve !== null) ondata(stream.read());
        }
        function onclose() {
          if (promiseResolve !== null) ondata(null);
        }
        function ondata(data) {
          if (promiseReject === null) return;
          if (error) {
            promiseReject(error);
          } else if (data === null && (stream._duplexState & READ_DONE) === 0) {
            promiseReject(StreamError.STREAM_DESTROYED());
          } else {
            promiseResolve({ value: data, done: data === null });
          }
          promiseReject = promiseResolve = null;
        }
        function destroy(err) {
          stream.destroy(err);
          return new Promise((resolve2, reject) => {
            if (stream._duplexState & DESTROYED) return resolve2({ value: void 0, done: true });
            stream.once("close", function() {
              if (err) reject(err);
              else resolve2({ value: void 0, done: true });
            });
          });
        }
      }
    };
    var Writable = class extends Stream {
      constructor(opts) {
        super(opts);
        this._duplexState |= OPENING | READ_DONE;
        this._writableState = new WritableState(this, opts);
        if (opts) {
          if (opts.writev) this._writev = opts.writev;
          if (opts.write) this._write = opts.write;
          if (opts.final) this._final = opts.final;
          if (opts.eagerOpen) this._writableState.updateNextTick();
        }
      }
      cork() {
        this._duplexState |= WRITE_CORKED;
      }
      uncork() {
        this._duplexState &= WRITE_NOT_CORKED;
        this._writableState.updateNextTick();
      }
      _writev(batch, cb) {
        cb(null);
      }
      _write(data, cb) {
        this._writableState.autoBatch(data, cb);
      }
      _final(cb) {
        cb(null);
      }
      static isBackpressured(ws) {
        return (ws._duplexState & WRITE_BACKPRESSURE_STATUS) !== 0;
      }
      static drained(ws) {
        if (ws.destroyed) return Promise.resolve(false);
        const state = ws._writableState;
        const pending = isWritev(ws) ? Math.min(1, state.queue.length) : state.queue.length;
        const writes = pending + (ws._duplexState & WRITE_WRITING ? 1 : 0);
        if (writes === 0) return Promise.resolve(true);
        if (state.drains === null) state.drains = [];
        return new Promise((resolve2) => {
          state.drains.push({ writes, resolve: resolve2 });
        });
      }
      write(data) {
        this._writableState.updateNextTick();
        return this._writableState.push(data);
      }
      end(data) {
        this._writableState.updateNextTick();
        this._writableState.end(data);
        return this;
      }
    };
    var Duplex = class extends Readable {
      // and Writable
      constructor(opts) {
        super(opts);
        this._duplexState = OPENING | this._duplexState & READ_READ_AHEAD;
        this._writableState = new WritableState(this, opts);
        if (opts) {
          if (opts.writev) this._writev = opts.writev;
          if (opts.write) this._write = opts.write;
          if (opts.final) this._final = opts.final;
        }
      }
      cork() {
        this._duplexState |= WRITE_CORKED;
      }
      uncork() {
        this._duplexState &= WRITE_NOT_CORKED;
        this._writableState.updateNextTick();
      }
      _writev(batch, cb) {
        cb(null);
      }
      _write(data, cb) {
        this._writableState.autoBatch(data, cb);
      }
      _final(cb) {
        cb(null);
      }
      write(data) {
        this._writableState.updateNextTick();
        return this._writableState.push(data);
      }
      end(data) {
        this._writableState.updateNextTick();
        this._writableState.end(data);
        return this;
      }
    };
    var Transform = class extends Duplex {
      constructor(opts) {
        super(opts);
        this._transformState = new TransformState(this);
        if (opts) {
          if (opts.transform) this._transform = opts.transform;
          if (opts.flush) this._flush = opts.flush;
        }
      }
      _write(data, cb) {
        if (this._readableState.buffered >= this._readableState.highWaterMark) {
          this._transformState.data = data;
        } else {
          this._transform(data, this._transformState.afterTransform);
        }
      }
      _read(cb) {
        if (this._transformState.data !== null) {
          const data = this._transformState.data;
          this._transformState.data = null;
          cb(null);
          this._transform(data, this._transformState.afterTransform);
        } else {
          cb(null);
        }
      }
      destroy(err) {
        super.destroy(err);
        if (this._transformState.data !== null) {
          this._transformState.data = null;
          this._transformState.afterTransform();
        }
      }
      _transform(data, cb) {
        cb(null, data);
      }
      _flush(cb) {
        cb(null);
      }
      _final(cb) {
        this._transformState.afterFinal = cb;
        this._flush(transformAfterFlush.bind(this));
      }
    };
    var PassThrough = class extends Transform {
    };
    function transformAfterFlush(err, data) {
      const cb = this._transformState.afterFinal;
      if (err) return cb(err);
      if (data !== null && data !== void 0) this.push(data);
      this.push(null);
      cb(null);
    }
    function pipelinePromise(...streams) {
      return new Promise((resolve2, reject) => {
        return pipeline3(...streams, (err) => {
          if (err) return reject(err);
          resolve2();
        });
      });
    }
    function pipeline3(stream, ...streams) {
      const all = Array.isArray(stream) ? [...stream, ...streams] : [stream, ...streams];
      const done = all.length && typeof all[all.length - 1] === "function" ? all.pop() : null;
      if (all.length < 2) throw StreamError.BAD_ARGUMENT("Pipeline requires at least 2 streams");
      let src = all[0];
      let dest = null;
      let error = null;
      for (let i = 1; i < all.length; i++) {
        dest = all[i];
        if (isStreamx(src)) {
          src.pipe(dest, onerror);
        } else {
          errorHandle(src, true, i > 1, onerror);
          src.pipe(dest);
        }
        src = dest;
      }
      if (done) {
        let fin = false;
        const autoDestroy = isStreamx(dest) || !!(dest._writableState && dest._writableState.autoDestroy);
        dest.on("error", (err) => {
          if (error === null) error = err;
        });
        dest.on("finish", () => {
          fin = true;
          if (!autoDestroy) done(error);
        });
        if (autoDestroy) {
          dest.on("close", () => done(error || (fin ? null : StreamError.PREMATURE_CLOSE())));
        }
      }
      return dest;
      function errorHandle(s, rd, wr, onerror2) {
        s.on("error", onerror2);
        s.on("close", onclose);
        function onclose() {
          if (rd && s._readableState && !s._readableState.ended) {
            return onerror2(StreamError.PREMATURE_CLOSE());
          }
          if (wr && s._writableState && !s._writableState.ended) {
            return onerror2(StreamError.PREMATURE_CLOSE());
          }
        }
      }
      function onerror(err) {
        if (!err || error) return;
        error = err;
        for (const s of all) {
          s.destroy(err);
        }
      }
    }
    function echo(s) {
      return s;
    }
    function isStream(stream) {
      return !!stream._readableState || !!stream._writableState;
    }
    function isStreamx(stream) {
      return typeof stream._duplexState === "number" && isStream(stream);
    }
    function isEnding(stream) {
      return !!stream._readableState && stream._readableState.ending;
    }
    function isEnded(stream) {
      return !!stream._readableState && stream._readableState.ended;
    }
    function isFinishing(stream) {
      return !!stream._writableState && stream._writableState.ending;
    }
    function isFinished(stream) {
      return !!stream._writableState && stream._writableState.ended;
    }
    function getStreamError(stream, opts = {}) {
      const err = stream._readableState && stream._readableState.error || stream._writableState && stream._writableState.error;
      return !opts.all && StreamError.isStreamDestroyed(err) ? null : err;
    }
    function isReadStreamx(stream) {
      return isStreamx(stream) && stream.readable;
    }
    function isDisturbed(stream) {
      return (stream._duplexState & OPENING) !== OPENING || (stream._duplexState & DESTROYING) === DESTROYING || (stream._duplexState & ACTIVE_OR_TICKING) !== 0;
    }
    function isTypedArray(data) {
      return typeof data === "object" && data !== null && typeof data.byteLength === "number";
    }
    function defaultByteLength(data) {
      return isTypedArray(data) ? data.byteLength : 1024;
    }
    function noop() {
    }
    function abort() {
      this.destroy(StreamError.ABORTED());
    }
    function isWritev(s) {
      return s._writev !== Writable.prototype._writev && s._writev !== Duplex.prototype._writev;
    }
    module.exports = {
      pipeline: pipeline3,
      pipelinePromise,
      isStream,
      isStreamx,
      isEnding,
      isEnded,
      isFinishing,
      isFinished,
      isDisturbed,
      getStreamError,
      Stream,
      Writable,
      Readable,
      Duplex,
      Transform,
      // Export PassThrough for compatibility with Node.js core's stream module
      PassThrough
    };
  }
});

// node_modules/.pnpm/tar-stream@3.2.2_bare-buffer@3.7.1/node_modules/tar-stream/headers.js
var require_headers = __commonJS({
  "node_modules/.pnpm/tar-stream@3.2.2_bare-buffer@3.7.1/node_modules/tar-stream/headers.js"(exports) {
    var b4a = require_b4a();
    var ZEROS = "0000000000000000000";
    var SEVENS = "7777777777777777777";
    var ZERO_OFFSET = "0".charCodeAt(0);
    var USTAR_MAGIC = b4a.from([117, 115, 116, 97, 114, 0]);
    var USTAR_VER = b4a.from([ZERO_OFFSET, ZERO_OFFSET]);
    var GNU_MAGIC = b4a.from([117, 115, 116, 97, 114, 32]);
    var GNU_VER = b4a.from([32, 0]);
    var MASK = 4095;
    var MAGIC_OFFSET = 257;
    var VERSION_OFFSET = 263;
    exports.decodeLongPath = function decodeLongPath(buf, encoding) {
      return decodeStr(buf, 0, buf.length, encoding);
    };
    exports.encodePax = function encodePax(opts) {
      let result = "";
      if (opts.name) result += addLength(" path=" + opts.name + "\n");
      if (opts.linkname) result += addLength(" linkpath=" + opts.linkname + "\n");
      const pax = opts.pax;
      if (pax) {
        for (const key in pax) {
          result += addLength(" " + key + "=" + pax[key] + "\n");
        }
      }
      return b4a.from(result);
    };
    exports.decodePax = function decodePax(buf) {
      const result = {};
      while (buf.length) {
        let i = 0;
        while (i < buf.length && buf[i] !== 32) i++;
        const len = parseInt(b4a.toString(buf.subarray(0, i)), 10);
        if (!len) return result;
        const b = b4a.toString(buf.subarray(i + 1, len - 1));
        const keyIndex = b.indexOf("=");
        if (keyIndex === -1) return result;
        result[b.slice(0, keyIndex)] = b.slice(keyIndex + 1);
        buf = buf.subarray(len);
      }
      return result;
    };
    exports.encode = function encode(opts) {
      const buf = b4a.alloc(512);
      let name = opts.name;
      let prefix = "";
      if (opts.typeflag === 5 && name[name.length - 1] !== "/") name += "/";
      if (b4a.byteLength(name) !== name.length) return null;
      while (b4a.byteLength(name) > 100) {
        const i = name.indexOf("/");
        if (i === -1) return null;
        prefix += prefix ? "/" + name.slice(0, i) : name.slice(0, i);
        name = name.slice(i + 1);
      }
      if (b4a.byteLength(name) > 100 || b4a.byteLength(prefix) > 155) return null;
      if (opts.linkname && b4a.byteLength(opts.linkname) > 100) return null;
      b4a.write(buf, name);
      b4a.write(buf, encodeOct(opts.mode & MASK, 6), 100);
      b4a.write(buf, encodeOct(opts.uid, 6), 108);
      b4a.write(buf, encodeOct(opts.gid, 6), 116);
      encodeSize(opts.size, buf, 124);
      b4a.write(buf, encodeOct(opts.mtime.getTime() / 1e3 | 0, 11), 136);
      buf[156] = ZERO_OFFSET + toTypeflag(opts.type);
      if (opts.linkname) b4a.write(buf, opts.linkname, 157);
      b4a.copy(USTAR_MAGIC, buf, MAGIC_OFFSET);
      b4a.copy(USTAR_VER, buf, VERSION_OFFSET);
      if (opts.uname) b4a.write(buf, opts.uname, 265);
      if (opts.gname) b4a.write(buf, opts.gname, 297);
      b4a.write(buf, encodeOct(opts.devmajor || 0, 6), 329);
      b4a.write(buf, encodeOct(opts.devminor || 0, 6), 337);
      if (prefix) b4a.write(buf, prefix, 345);
      b4a.write(buf, encodeOct(cksum(buf), 6), 148);
      return buf;
    };
    exports.decode = function decode(buf, filenameEncoding, allowUnknownFormat) {
      let typeflag = buf[156] === 0 ? 0 : buf[156] - ZERO_OFFSET;
      let name = decodeStr(buf, 0, 100, filenameEncoding);
      const mode = decodeOct(buf, 100, 8);
      const uid = decodeOct(buf, 108, 8);
      const gid = decodeOct(buf, 116, 8);
      const size = decodeOct(buf, 124, 12);
      const mtime = decodeOct(buf, 136, 12);
      const type = toType(typeflag);
      const linkname = buf[157] === 0 ? null : decodeStr(buf, 157, 100, filenameEncoding);
      const uname = decodeStr(buf, 265, 32);
      const gname = decodeStr(buf, 297, 32);
      const devmajor = decodeOct(buf, 329, 8);
      const devminor = decodeOct(buf, 337, 8);
      const c = cksum(buf);
      if (c === 8 * 32) return null;
      if (c !== decodeOct(buf, 148, 8)) throw new Error("Invalid tar header. Maybe the tar is corrupted or it needs to be gunzipped?");
      if (isUSTAR(buf)) {
        if (buf[345]) name = decodeStr(buf, 345, 155, filenameEncoding) + "/" + name;
      } else if (isGNU(buf)) {
      } else {
        if (!allowUnknownFormat) {
          throw new Error("Invalid tar header: unknown format.");
        }
      }
      if (typeflag === 0 && name && name[name.length - 1] === "/") typeflag = 5;
      return {
        name,
        mode,
        uid,
        gid,
        size,
        byteOffset: 0,
        mtime: new Date(1e3 * mtime),
        type,
        linkname,
        uname,
        gname,
        devmajor,
        devminor,
        pax: null
      };
    };
    function isUSTAR(buf) {
      return b4a.equals(USTAR_MAGIC, buf.subarray(MAGIC_OFFSET, MAGIC_OFFSET + 6));
    }
    function isGNU(buf) {
      return b4a.equals(GNU_MAGIC, buf.subarray(MAGIC_OFFSET, MAGIC_OFFSET + 6)) && b4a.equals(GNU_VER, buf.subarray(VERSION_OFFSET, VERSION_OFFSET + 2));
    }
    function clamp(index, len, defaultValue) {
      if (typeof index !== "number") return defaultValue;
      index = ~~index;
      if (index >= len) return len;
      if (index >= 0) return index;
      index += len;
      if (index >= 0) return index;
      return 0;
    }
    function toType(flag) {
      switch (flag) {
        case 0:
          return "file";
        case 1:
          return "link";
        case 2:
          return "symlink";
        case 3:
          return "character-device";
        case 4:
          return "block-device";
        case 5:
          return "directory";
        case 6:
          return "fifo";
        case 7:
          return "contiguous-file";
        case 72:
          return "pax-header";
        case 55:
          return "pax-global-header";
        case 27:
          return "gnu-long-link-path";
        case 28:
        case 30:
          return "gnu-long-path";
      }
      return null;
    }
    function toTypeflag(flag) {
      switch (flag) {
        case "file":
          return 0;
        case "link":
          return 1;
        case "symlink":
          return 2;
        case "character-device":
          return 3;
        case "block-device":
          return 4;
        case "directory":
          return 5;
        case "fifo":
          return 6;
        case "contiguous-file":
          return 7;
        case "pax-header":
          return 72;
      }
      return 0;
    }
    function indexOf(block, num, offset, end) {
      for (; offset < end; offset++) {
        if (block[offset] === num) return offset;
      }
      return end;
    }
    function cksum(block) {
      let sum = 8 * 32;
      for (let i = 0; i < 148; i++) sum += block[i];
      for (let j = 156; j < 512; j++) sum += block[j];
      return sum;
    }
    function encodeOct(val, n) {
      val = val.toString(8);
      if (val.length > n) return SEVENS.slice(0, n) + " ";
      return ZEROS.slice(0, n - val.length) + val + " ";
    }
    function encodeSizeBin(num, buf, off) {
      buf[off] = 128;
      for (let i = 11; i > 0; i--) {
        buf[off + i] = num & 255;
        num = Math.floor(num / 256);
      }
    }
    function encodeSize(num, buf, off) {
      if (num.toString(8).length > 11) {
        encodeSizeBin(num, buf, off);
      } else {
        b4a.write(buf, encodeOct(num, 11), off);
      }
    }
    function parse256(buf) {
      let positive;
      if (buf[0] === 128) positive = true;
      else if (buf[0] === 255) positive = false;
      else return null;
      const tuple = [];
      let i;
      for (i = buf.length - 1; i > 0; i--) {
        const byte = buf[i];
        if (positive) tuple.push(byte);
        else tuple.push(255 - byte);
      }
      let sum = 0;
      const l = tuple.length;
      for (i = 0; i < l; i++) {
        sum += tuple[i] * Math.pow(256, i);
      }
      return positive ? sum : -1 * sum;
    }
    function decodeOct(val, offset, length) {
      val = val.subarray(offset, offset + length);
      offset = 0;
      if (val[offset] & 128) {
        return parse256(val);
      } else {
        while (offset < val.length && val[offset] === 32) offset++;
        const end = clamp(indexOf(val, 32, offset, val.length), val.length, val.length);
        while (offset < end && val[offset] === 0) offset++;
        if (end === offset) return 0;
        return parseInt(b4a.toString(val.subarray(offset, end)), 8);
      }
    }
    function decodeStr(val, offset, length, encoding) {
      return b4a.toString(val.subarray(offset, indexOf(val, 0, offset, offset + length)), encoding);
    }
    function addLength(str) {
      const len = b4a.byteLength(str);
      let digits = Math.floor(Math.log(len) / Math.log(10)) + 1;
      if (len + digits >= Math.pow(10, digits)) digits++;
      return len + digits + str;
    }
  }
});

// node_modules/.pnpm/tar-stream@3.2.2_bare-buffer@3.7.1/node_modules/tar-stream/extract.js
var require_extract = __commonJS({
  "node_modules/.pnpm/tar-stream@3.2.2_bare-buffer@3.7.1/node_modules/tar-stream/extract.js"(exports, module) {
    var { Writable, Readable, getStreamError } = require_streamx();
    var FIFO = require_fast_fifo();
    var b4a = require_b4a();
    var headers = require_headers();
    var EMPTY = b4a.alloc(0);
    var MAX_HEADER_SIZE = 4 * 1024 * 1024;
    var BufferList = class {
      constructor() {
        this.buffered = 0;
        this.shifted = 0;
        this.queue = new FIFO();
        this._offset = 0;
      }
      push(buffer) {
        this.buffered += buffer.byteLength;
        this.queue.push(buffer);
      }
      shiftFirst(size) {
        return this.buffered === 0 ? null : this._next(size);
      }
      shift(size) {
        if (size > this.buffered) return null;
        if (size === 0) return EMPTY;
        let chunk = this._next(size);
        if (size === chunk.byteLength) return chunk;
        const chunks = [chunk];
        while ((size -= chunk.byteLength) > 0) {
          chunk = this._next(size);
          chunks.push(chunk);
        }
        return b4a.concat(chunks);
      }
      _next(size) {
        const buf = this.queue.peek();
        const rem = buf.byteLength - this._offset;
        if (size >= rem) {
          const sub = this._offset ? buf.subarray(this._offset, buf.byteLength) : buf;
          this.queue.shift();
          this._offset = 0;
          this.buffered -= rem;
          this.shifted += rem;
          return sub;
        }
        this.buffered -= size;
        this.shifted += size;
        return buf.subarray(this._offset, this._offset += size);
      }
    };
    var Source = class extends Readable {
      constructor(self, header, offset) {
        super();
        this.header = header;
        this.offset = offset;
        this._parent = self;
      }
      _read(cb) {
        if (this.header.size === 0) {
          this.push(null);
        }
        if (this._parent._stream === this) {
          this._parent._update();
        }
        cb(null);
      }
      _predestroy() {
        this._parent.destroy(getStreamError(this));
      }
      _detach() {
        if (this._parent._stream === this) {
          this._parent._stream = null;
          this._parent._missing = overflow(this.header.size);
          this._parent._update();
        }
      }
      _destroy(cb) {
        this._detach();
        cb(null);
      }
    };
    var Extract = class extends Writable {
      constructor(opts) {
        super(opts);
        if (!opts) opts = {};
        this._buffer = new BufferList();
        this._offset = 0;
        this._header = null;
        this._stream = null;
        this._missing = 0;
        this._longHeader = false;
        this._callback = noop;
        this._locked = false;
        this._finished = false;
        this._pax = null;
        this._paxGlobal = null;
        this._gnuLongPath = null;
        this._gnuLongLinkPath = null;
        this._filenameEncoding = opts.filenameEncoding || "utf-8";
        this._allowUnknownFormat = !!opts.allowUnknownFormat;
        this._unlockBound = this._unlock.bind(this);
      }
      _unlock(err) {
        this._locked = false;
        if (err) {
          this.destroy(err);
          this._continueWrite(err);
          return;
        }
        this._update();
      }
      _consumeHeader() {
        if (this._locked) return false;
        this._offset = this._buffer.shifted;
        try {
          this._header = headers.decode(this._buffer.shift(512), this._filenameEncoding, this._allowUnknownFormat);
        } catch (err) {
          this._continueWrite(err);
          return false;
        }
        if (!this._header) return true;
        this._header.byteOffset = this._buffer.shifted;
        switch (this._header.type) {
          case "gnu-long-path":
          case "gnu-long-link-path":
          case "pax-global-header":
          case "pax-header":
            this._longHeader = true;
            this._missing = this._header.size;
            if (this._missing > MAX_HEADER_SIZE) {
              this._continueWrite(new Error("Header exceeds max size"));
              return false;
            }
            return true;
        }
        this._locked = true;
        this._applyLongHeaders();
        if (!(this._header.size >= 0)) {
          this._continueWrite(new Error("Invalid header"));
          return false;
        }
        if (this._header.size === 0 || this._header.type === "directory") {
          this.emit("entry", this._header, this._createStream(), this._unlockBound);
          return true;
        }
        this._stream = this._createStream();
        this._missing = this._header.size;
        this.emit("entry", this._header, this._stream, this._unlockBound);
        return true;
      }
      _applyLongHeaders() {
        if (this._gnuLongPath) {
          this._header.name = this._gnuLongPath;
          this._gnuLongPath = null;
        }
        if (this._gnuLongLinkPath) {
          this._header.linkname = this._gnuLongLinkPath;
          this._gnuLongLinkPath = null;
        }
        if (this._pax) {
          if (this._pax.path) this._header.name = this._pax.path;
          if (this._pax.linkpath) this._header.linkname = this._pax.linkpath;
          if (this._pax.size) this._header.size = parseInt(this._pax.size, 10);
          this._header.pax = this._pax;
          this._pax = null;
        }
      }
      _decodeLongHeader(buf) {
        switch (this._header.type) {
          case "gnu-long-path":
            this._gnuLongPath = headers.decodeLongPath(buf, this._filenameEncoding);
            break;
          case "gnu-long-link-path":
            this._gnuLongLinkPath = headers.decodeLongPath(buf, this._filenameEncoding);
            break;
          case "pax-global-header":
            this._paxGlobal = headers.decodePax(buf);
            break;
          case "pax-header":
            this._pax = this._paxGlobal === null ? headers.decodePax(buf) : Object.assign({}, this._paxGlobal, headers.decodePax(buf));
            break;
        }
      }
      _consumeLongHeader() {
        this._longHeader = false;
        this._missing = overflow(this._header.size);
        const buf = this._buffer.shift(this._header.size);
        try {
          this._decodeLongHeader(buf);
        } catch (err) {
          this._continueWrite(err);
          return false;
        }
        return true;
      }
      _consumeStream() {
        const buf = this._buffer.shiftFirst(this._missing);
        if (buf === null) return false;
        this._missing -= buf.byteLength;
        const drained = this._stream.push(buf);
        if (this._missing === 0) {
          this._stream.push(null);
          if (drained) this._stream._detach();
          return drained && this._locked === false;
        }
        return drained;
      }
      _createStream() {
        return new Source(this, this._header, this._offset);
      }
      _update() {
        while (this._buffer.buffered > 0 && !this.destroying) {
          if (this._missing > 0) {
            if (this._stream !== null) {
              if (this._consumeStream() === false) return;
              continue;
            }
            if (this._longHeader === true) {
              if (this._missing > this._buffer.buffered) break;
              if (this._consumeLongHeader() === false) return false;
              continue;
            }
            const ignore = this._buffer.shiftFirst(this._missing);
            if (ignore !== null) this._missing -= ignore.byteLength;
            continue;
          }
          if (this._buffer.buffered < 512) break;
          if (this._stream !== null || this._consumeHeader() === false) return;
        }
        this._continueWrite(null);
      }
      _continueWrite(err) {
        const cb = this._callback;
        this._callback = noop;
        cb(err);
      }
      _write(data, cb) {
        this._callback = cb;
        this._buffer.push(data);
        this._update();
      }
      _final(cb) {
        this._finished = this._missing === 0 && this._buffer.buffered === 0;
        cb(this._finished ? null : new Error("Unexpected end of data"));
      }
      _predestroy() {
        this._continueWrite(null);
      }
      _destroy(cb) {
        if (this._stream) this._stream.destroy(getStreamError(this));
        cb(null);
      }
      [Symbol.asyncIterator]() {
        let error = null;
        let promiseResolve = null;
        let promiseReject = null;
        let entryStream = null;
        let entryCallback = null;
        const extract = this;
        this.on("entry", onentry);
        this.on("error", (err) => {
          error = err;
        });
        this.on("close", onclose);
        return {
          [Symbol.asyncIterator]() {
            return this;
          },
          next() {
            return new Promise(onnext);
          },
          return() {
            return destroy(null);
          },
          throw(err) {
            return destroy(err);
          }
        };
        function consumeCallback(err) {
          if (!entryCallback) return;
          const cb = entryCallback;
          entryCallback = null;
          cb(err);
        }
        function onnext(resolve2, reject) {
          if (error) {
            return reject(error);
          }
          if (entryStream) {
            resolve2({ value: entryStream, done: false });
            entryStream = null;
            return;
          }
          promiseResolve = resolve2;
          promiseReject = reject;
          consumeCallback(null);
          if (extract._finished && promiseResolve) {
            promiseResolve({ value: void 0, done: true });
            promiseResolve = promiseReject = null;
          }
        }
        function onentry(header, stream, callback) {
          entryCallback = callback;
          stream.on("error", noop);
          if (promiseResolve) {
            promiseResolve({ value: stream, done: false });
            promiseResolve = promiseReject = null;
          } else {
            entryStream = stream;
          }
        }
        function onclose() {
          consumeCallback(error);
          if (!promiseResolve) return;
          if (error) promiseReject(error);
          else promiseResolve({ value: void 0, done: true });
          promiseResolve = promiseReject = null;
        }
        function destroy(err) {
          extract.destroy(err);
          consumeCallback(err);
          return new Promise((resolve2, reject) => {
            if (extract.destroyed) return resolve2({ value: void 0, done: true });
            extract.once("close", function() {
              if (err) reject(err);
              else resolve2({ value: void 0, done: true });
            });
          });
        }
      }
    };
    module.exports = function extract(opts) {
      return new Extract(opts);
    };
    function noop() {
    }
    function overflow(size) {
      size &= 511;
      return size && 512 - size;
    }
  }
});

// node_modules/.pnpm/tar-stream@3.2.2_bare-buffer@3.7.1/node_modules/tar-stream/constants.js
var require_constants = __commonJS({
  "node_modules/.pnpm/tar-stream@3.2.2_bare-buffer@3.7.1/node_modules/tar-stream/constants.js"(exports, module) {
    var constants = {
      // just for envs without fs
      S_IFMT: 61440,
      S_IFDIR: 16384,
      S_IFCHR: 8192,
      S_IFBLK: 24576,
      S_IFIFO: 4096,
      S_IFLNK: 40960
    };
    try {
      module.exports = __require("fs").constants || constants;
    } catch {
      module.exports = constants;
    }
  }
});

// node_modules/.pnpm/tar-stream@3.2.2_bare-buffer@3.7.1/node_modules/tar-stream/pack.js
var require_pack = __commonJS({
  "node_modules/.pnpm/tar-stream@3.2.2_bare-buffer@3.7.1/node_modules/tar-stream/pack.js"(exports, module) {
    var { Readable, Writable, getStreamError } = require_streamx();
    var b4a = require_b4a();
    var constants = require_constants();
    var headers = require_headers();
    var DMODE = 493;
    var FMODE = 420;
    var END_OF_TAR = b4a.alloc(1024);
    var Sink = class extends Writable {
      constructor(pack, header, callback) {
        super({ mapWritable, eagerOpen: true });
        this.written = 0;
        this.header = header;
        this._callback = callback;
        this._linkname = null;
        this._isLinkname = header.type === "symlink" && !header.linkname;
        this._isVoid = header.type !== "file" && header.type !== "contiguous-file";
        this._finished = false;
        this._pack = pack;
        this._openCallback = null;
        if (this._pack._stream === null) this._pack._stream = this;
        else this._pack._pending.push(this);
      }
      _open(cb) {
        this._openCallback = cb;
        if (this._pack._stream === this) this._continueOpen();
      }
      _continuePack(err) {
        if (this._callback === null) return;
        const callback = this._callback;
        this._callback = null;
        callback(err);
      }
      _continueOpen() {
        if (this._pack._stream === null) this._pack._stream = this;
        const cb = this._openCallback;
        this._openCallback = null;
        if (cb === null) return;
        if (this._pack.destroying) return cb(new Error("pack stream destroyed"));
        if (this._pack._finalized) return cb(new Error("pack stream is already finalized"));
        this._pack._stream = this;
        if (!this._isLinkname) {
          this._pack._encode(this.header);
        }
        if (this._isVoid) {
          this._finish();
          this._continuePack(null);
        }
        cb(null);
      }
      _write(data, cb) {
        if (this._isLinkname) {
          this._linkname = this._linkname ? b4a.concat([this._linkname, data]) : data;
          return cb(null);
        }
        if (this._isVoid) {
          if (data.byteLength > 0) {
            return cb(new Error("No body allowed for this entry"));
          }
          return cb();
        }
        this.written += data.byteLength;
        if (this._pack.push(data)) return cb();
        this._pack._drain = cb;
      }
      _finish() {
        if (this._finished) return;
        this._finished = true;
        if (this._isLinkname) {
          this.header.linkname = this._linkname ? b4a.toString(this._linkname, "utf-8") : "";
          this._pack._encode(this.header);
        }
        overflow(this._pack, this.header.size);
        this._pack._done(this);
      }
      _final(cb) {
        if (this.written !== this.header.size) {
          return cb(new Error("Size mismatch"));
        }
        this._finish();
        cb(null);
      }
      _getError() {
        return getStreamError(this) || new Error("tar entry destroyed");
      }
      _predestroy() {
        this._pack.destroy(this._getError());
      }
      _destroy(cb) {
        this._pack._done(this);
        this._continuePack(this._finished ? null : this._getError());
        cb();
      }
    };
    var Pack = class extends Readable {
      constructor(opts) {
        super(opts);
        this._drain = noop;
        this._finalized = false;
        this._finalizing = false;
        this._pending = [];
        this._stream = null;
      }
      entry(header, buffer, callback) {
        if (this._finalized || this.destroying) throw new Error("already finalized or destroyed");
        if (typeof buffer === "function") {
          callback = buffer;
          buffer = null;
        }
        if (!callback) callback = noop;
        if (!header.size || header.type === "symlink") header.size = 0;
        if (!header.type) header.type = modeToType(header.mode);
        if (!header.mode) header.mode = header.type === "directory" ? DMODE : FMODE;
        if (!header.uid) header.uid = 0;
        if (!header.gid) header.gid = 0;
        if (!header.mtime) header.mtime = /* @__PURE__ */ new Date();
        if (typeof buffer === "string") buffer = b4a.from(buffer);
        const sink = new Sink(this, header, callback);
        if (b4a.isBuffer(buffer)) {
          header.size = buffer.byteLength;
          sink.write(buffer);
          sink.end();
          return sink;
        }
        if (sink._isVoid) {
          return sink;
        }
        return sink;
      }
      finalize() {
        if (this._stream || this._pending.length > 0) {
          this._finalizing = true;
          return;
        }
        if (this._finalized) return;
        this._finalized = true;
        this.push(END_OF_TAR);
        this.push(null);
      }
      _done(stream) {
        if (stream !== this._stream) return;
        this._stream = null;
        if (this._finalizing) this.finalize();
        if (this._pending.length) this._pending.shift()._continueOpen();
      }
      _encode(header) {
        if (!header.pax) {
          const buf = headers.encode(header);
          if (buf) {
            this.push(buf);
            return;
          }
        }
        this._encodePax(header);
      }
      _encodePax(header) {
        const paxHeader = headers.encodePax({
          name: header.name,
          linkname: header.linkname,
          pax: header.pax
        });
        const newHeader = {
          name: "PaxHeader",
          mode: header.mode,
          uid: header.uid,
          gid: header.gid,
          size: paxHeader.byteLength,
          mtime: header.mtime,
          type: "pax-header",
          linkname: header.linkname && "PaxHeader",
          uname: header.uname,
          gname: header.gname,
          devmajor: header.devmajor,
          devminor: header.devminor
        };
        this.push(headers.encode(newHeader));
        this.push(paxHeader);
        overflow(this, paxHeader.byteLength);
        newHeader.size = header.size;
        newHeader.type = header.type;
        this.push(headers.encode(newHeader));
      }
      _doDrain() {
        const drain = this._drain;
        this._drain = noop;
        drain();
      }
      _predestroy() {
        const err = getStreamError(this);
        if (this._stream) this._stream.destroy(err);
        while (this._pending.length) {
          const stream = this._pending.shift();
          stream.destroy(err);
          stream._continueOpen();
        }
        this._doDrain();
      }
      _read(cb) {
        this._doDrain();
        cb();
      }
    };
    module.exports = function pack(opts) {
      return new Pack(opts);
    };
    function modeToType(mode) {
      switch (mode & constants.S_IFMT) {
        case constants.S_IFBLK:
          return "block-device";
        case constants.S_IFCHR:
          return "character-device";
        case constants.S_IFDIR:
          return "directory";
        case constants.S_IFIFO:
          return "fifo";
        case constants.S_IFLNK:
          return "symlink";
      }
      return "file";
    }
    function noop() {
    }
    function overflow(self, size) {
      size &= 511;
      if (size) self.push(END_OF_TAR.subarray(0, 512 - size));
    }
    function mapWritable(buf) {
      return b4a.isBuffer(buf) ? buf : b4a.from(buf);
    }
  }
});

// node_modules/.pnpm/tar-stream@3.2.2_bare-buffer@3.7.1/node_modules/tar-stream/index.js
var require_tar_stream = __commonJS({
  "node_modules/.pnpm/tar-stream@3.2.2_bare-buffer@3.7.1/node_modules/tar-stream/index.js"(exports) {
    exports.extract = require_extract();
    exports.pack = require_pack();
  }
});

// packages/cli/src/commands/build.ts
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";

// packages/api/src/build.ts
var imageBuild = endpoint({
  kind: "stream",
  method: "POST",
  path: "/build",
  query: {
    dockerfile: text2,
    t: texts,
    remote: text2,
    q: bool2,
    nocache: bool2,
    cachefrom: json,
    pull: text2,
    rm: bool2,
    forcerm: bool2,
    memory: int2,
    memswap: int2,
    cpushares: int2,
    cpusetcpus: text2,
    cpusetmems: text2,
    cpuperiod: int2,
    cpuquota: int2,
    cgroupparent: text2,
    buildargs: json,
    shmsize: int2,
    squash: bool2,
    labels: json,
    networkmode: text2,
    platform: text2,
    target: text2,
    outputs: json,
    ulimits: json,
    securityopt: json,
    isolation: text2,
    version: text2,
    extrahosts: texts,
    session: text2,
    buildid: text2,
    /** Stages, as a JSON list, that must not take earlier results. */
    nocachefilter: json,
    /** What `POST /build/context` has prepared; with entries, the body then holds only the files that it lacked. */
    context: text2,
    /** What `--allow` grants: `network.host`, `security.insecure`. */
    allow: texts,
    /** JSON map of additional contexts: name to image, URL or prepared context. */
    contexts: json,
    /** Only look for problems. */
    check: bool2,
    /** Keep the state of a step that fails, for looking into it. */
    keepfailed: bool2,
    cacheto: json
  },
  bodyStream: true,
  headers: { registryConfig: "x-registry-config" }
});
var buildCancel = endpoint({ kind: "json", method: "POST", path: "/build/cancel", query: { id: text2 } });
var buildPrune = endpoint({
  kind: "json",
  method: "POST",
  path: "/build/prune",
  query: {
    all: bool2,
    filters,
    "keep-storage": int2,
    "reserved-space": int2,
    "max-used-space": int2,
    "min-free-space": int2
  },
  reply: reply()
});
var contextPrepare = endpoint({
  kind: "json",
  method: "POST",
  path: "/build/context",
  bodyStream: true,
  reply: reply(),
  status: 200
});

// packages/cli/src/build/json-view.ts
function jsonView(printer) {
  return {
    show(event) {
      const shown = event.kind === "log" ? { ...event, data: Buffer.from(event.data, "base64").toString() } : event;
      printer.printRaw(`${JSON.stringify(shown)}
`);
    },
    [Symbol.dispose]() {
    }
  };
}

// packages/cli/src/build/plain-view.ts
function plainView(printer) {
  const begun = /* @__PURE__ */ new Map();
  const partial = /* @__PURE__ */ new Map();
  const line = (text3) => printer.print(`${text3}
`);
  const outputLine = (vertex, at, text3) => {
    const since = ((at - (begun.get(vertex)?.at ?? at)) / 1e3).toFixed(3);
    line(`#${vertex} ${since} ${text3}`);
  };
  const flush = (vertex, at) => {
    const rest = partial.get(vertex) ?? "";
    partial.delete(vertex);
    if (rest !== "") outputLine(vertex, at, rest);
  };
  return {
    show(event) {
      switch (event.kind) {
        case "begin":
          begun.set(event.vertex, event);
          return line(`#${event.vertex} ${event.title}`);
        case "log": {
          const text3 = (partial.get(event.vertex) ?? "") + Buffer.from(event.data, "base64").toString();
          const lines = text3.split("\n");
          partial.set(event.vertex, lines.pop() ?? "");
          for (const one of lines) outputLine(event.vertex, event.at, one.replace(/\r$/, ""));
          return;
        }
        case "miss":
          return line(`#${event.vertex} not cached: ${event.reason}`);
        case "end":
          flush(event.vertex, event.at);
          return line(`#${event.vertex} ${endText(event, begun.get(event.vertex)?.at ?? event.at)}
`);
        case "warning":
          return line(`WARN: ${event.rule}: ${event.message} (${event.file}:${event.line})`);
        default:
          return;
      }
    },
    [Symbol.dispose]() {
    }
  };
}
function endText(event, begunAt) {
  switch (event.outcome) {
    case "done":
      return `DONE ${((event.at - begunAt) / 1e3).toFixed(1)}s`;
    case "failed":
      return `ERROR: ${event.error ?? "failed"}`;
    default:
      return event.outcome.toUpperCase();
  }
}

// packages/cli/src/build/tty-view.ts
var shownLines = 6;
var redrawMs = 100;
var TtyView = class {
  printer;
  rows = /* @__PURE__ */ new Map();
  warnings = [];
  begunAt = Date.now();
  timer;
  drawn = 0;
  constructor(printer) {
    this.printer = printer;
    this.timer = setInterval(() => this.draw(), redrawMs);
  }
  show(event) {
    if (event.kind === "warning") this.warnings.push(`${event.rule}: ${event.message} (${event.file}:${event.line})`);
    if (event.kind === "begin") this.rows.set(event.vertex, newRow(event.title, event.at));
    if (!("vertex" in event)) return;
    const row = this.rows.get(event.vertex);
    if (row !== void 0) update(row, event);
  }
  [Symbol.dispose]() {
    clearInterval(this.timer);
    this.draw();
    if (this.warnings.length === 0) return;
    const lines = this.warnings.map((warning) => `\x1B[33m - ${escapeControls(warning)}\x1B[0m
`);
    this.printer.printRaw(`
\x1B[33m ${this.warnings.length} warning(s) found:\x1B[0m
${lines.join("")}`);
  }
  draw() {
    const columns = this.printer.columns ?? 80;
    const rows = process.stderr.rows ?? 24;
    const now = Date.now();
    const done = [...this.rows.values()].filter(({ outcome }) => outcome !== void 0).length;
    const head = `[+] Building ${((now - this.begunAt) / 1e3).toFixed(1)}s (${done}/${this.rows.size})`;
    const all = [head, ...[...this.rows.values()].flatMap((row) => linesOf(row, now, columns))];
    const lines = all.length < rows ? all : [head, ...all.slice(all.length - rows + 2)];
    const up = this.drawn === 0 ? "" : `\x1B[${this.drawn}A`;
    this.printer.printRaw(`${up}\r\x1B[J${lines.join("\n")}
`);
    this.drawn = lines.length;
  }
};
function newRow(title, begunAt) {
  const open = { endedAt: void 0, outcome: void 0, reason: void 0, tail: [], partial: "" };
  return { title, begunAt, ...open, transfers: /* @__PURE__ */ new Map() };
}
function update(row, event) {
  switch (event.kind) {
    case "log":
      addOutput(row, Buffer.from(event.data, "base64").toString());
      return;
    case "miss":
      row.reason = event.reason;
      return;
    case "status":
      row.transfers.set(event.name, event);
      return;
    case "end":
      row.outcome = event.outcome;
      row.endedAt = event.at;
  }
}
function addOutput(row, text3) {
  const lines = (row.partial + text3).split("\n");
  row.partial = (lines.pop() ?? "").slice(-1e3);
  row.tail = [...row.tail, ...lines.map((line) => line.slice(0, 1e3))].slice(-shownLines);
}
function linesOf(row, now, columns) {
  const seconds = (((row.endedAt ?? now) - row.begunAt) / 1e3).toFixed(1);
  const mark = row.outcome === "cached" ? "CACHED " : row.outcome === "failed" ? "ERROR " : "";
  const time = `${row.outcome === "cached" ? "0.0" : seconds}s`;
  const bytes = row.outcome === void 0 ? transferText(row) : "";
  const reason = row.reason === void 0 ? "" : ` (${row.reason})`;
  const left = fit(` => ${mark}${row.title}${reason}${bytes}`, columns - time.length - 1);
  const line = colored(`${left.padEnd(columns - time.length - 1)} ${time}`, row.outcome);
  if (row.outcome !== void 0 && row.outcome !== "failed") return [line];
  return [line, ...row.tail.map((text3) => `\x1B[2m${fit(` => => # ${text3}`, columns - 1)}\x1B[0m`)];
}
function transferText({ transfers }) {
  const moving = [...transfers.values()].filter(({ total }) => total > 0);
  if (moving.length === 0) return "";
  const sum = (key) => moving.reduce((total, one) => total + one[key], 0);
  return ` ${humanSize(sum("current"))} / ${humanSize(sum("total"))}`;
}
function colored(text3, outcome) {
  if (outcome === void 0) return text3;
  const color = outcome === "failed" ? 31 : outcome === "canceled" ? 33 : 34;
  return `\x1B[${color}m${text3}\x1B[0m`;
}
function fit(text3, columns) {
  const safe = escapeControls(text3).replaceAll("	", " ").replaceAll("\n", " ");
  return safe.length > columns ? `${safe.slice(0, Math.max(0, columns - 1))}\u2026` : safe;
}

// packages/cli/src/build/create-view.ts
function createView(cli, flags) {
  const wanted = flags.quiet ? "quiet" : flags.progress || cli.env.BUILDKIT_PROGRESS || "auto";
  switch (wanted) {
    case "auto":
      return cli.err.isTerminal && cli.env.NO_COLOR === void 0 ? new TtyView(cli.err) : plainView(cli.err);
    case "tty":
      return new TtyView(cli.err);
    case "plain":
      return plainView(cli.err);
    case "json":
    case "rawjson":
      return jsonView(cli.err);
    case "quiet":
    case "none":
      return { show() {
      }, [Symbol.dispose]() {
      } };
    default:
      throw new TdockError(
        "invalid-argument",
        `invalid progress mode ${wanted}: wanted auto, plain, tty, json or quiet`
      );
  }
}

// packages/cli/src/build/from-step.ts
function stepImage(id) {
  return `tdock-step:${id}`;
}
async function runFromStep(cli, id) {
  const words = ["--rm", "-i", ...cli.out.isTerminal ? ["-t"] : [], "--entrypoint", "/bin/sh", stepImage(id)];
  const { flags, given, operands } = parseArguments(run.flags, words, { stopAtOperand: true });
  await run.run(cli, { flags, given, args: operands });
}

// packages/cli/src/build/failed-step.ts
function reportFailure({ err }, outcome) {
  const { failed, kept, title, tail, failure } = outcome;
  if (failed !== void 0 && title !== "") {
    err.print(`------
 > ${title}:
${tail.map((line) => `${line}
`).join("")}------
`);
    if (failed.place !== void 0) err.print(`${failed.place.file}:${failed.place.line}
`);
  }
  err.print(`ERROR: ${failure}
`);
  if (kept === void 0) return;
  err.print(`
To look into what the step left: ${programName} run --rm -it --from-step ${kept.id} sh
`);
}
async function openFailedShell(cli, { kept }) {
  if (kept === void 0) {
    cli.err.print("There is no step whose state a shell could be opened in\n");
    return;
  }
  await runFromStep(cli, kept.id);
}

// packages/cli/src/build/find-context.ts
import { realpathSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, isAbsolute, join as join2, relative, resolve } from "node:path";

// packages/cli/src/context/list-folder.ts
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

// packages/api/src/ignore.ts
import { posix } from "node:path";

// packages/api/src/glob.ts
function hasWildcard(pattern) {
  return /(?:^|[^\\])(?:\\\\)*[*?[]/.test(pattern);
}
function compileGlob(pattern, kind) {
  const steps = parseGlob(pattern, kind);
  const literal = literalOf(steps);
  if (literal !== void 0) return (path) => path === literal;
  const prefix = steps.slice(
    0,
    steps.findIndex((step) => step.kind !== "char")
  );
  const head = prefix.map((step) => step.kind === "char" ? step.char : "").join("");
  const rest = steps.slice(prefix.length);
  return (path) => path.startsWith(head) && run2(rest, path, head.length);
}
function literalOf(steps) {
  if (!steps.every((step) => step.kind === "char")) return void 0;
  return steps.map((step) => step.kind === "char" ? step.char : "").join("");
}
function parseGlob(pattern, kind) {
  const steps = [];
  for (let at = 0; at < pattern.length; ) {
    const char = pattern.charAt(at);
    if (char === "*" && kind === "any-level" && pattern.charAt(at + 1) === "*") {
      const slash = pattern.charAt(at + 2) === "/";
      const suffix = at === 0 && !slash && !hasWildcard(pattern.slice(2));
      at += slash ? 3 : 2;
      if (suffix || at >= pattern.length) steps.push({ kind: "rest" });
      else steps.push({ kind: "optional" }, { kind: "folders" });
    } else if (char === "[") at = parseClass(pattern, at, steps);
    else if (char === "\\") {
      if (at + 1 >= pattern.length) throw badPattern(pattern);
      steps.push({ kind: "char", char: pattern.charAt(at + 1) });
      at += 2;
    } else {
      steps.push(char === "*" ? { kind: "run" } : char === "?" ? { kind: "any" } : { kind: "char", char });
      at++;
    }
  }
  return steps;
}
function parseClass(pattern, from, steps) {
  const negated = pattern.charAt(from + 1) === "^";
  const ranges = [];
  let at = from + (negated ? 2 : 1);
  const next = () => {
    if (pattern.charAt(at) === "\\") at++;
    const char = pattern.charAt(at++);
    if (char === "") throw badPattern(pattern);
    return char;
  };
  while (pattern.charAt(at) !== "]" || ranges.length === 0) {
    if (pattern.charAt(at) === "-" || pattern.charAt(at) === "]") throw badPattern(pattern);
    const low = next();
    if (pattern.charAt(at) === "-") at++;
    else {
      ranges.push([low, low]);
      continue;
    }
    if (pattern.charAt(at) === "]") throw badPattern(pattern);
    ranges.push([low, next()]);
  }
  steps.push({ kind: "class", negated, ranges });
  return at + 1;
}
function badPattern(pattern) {
  return new TdockError("invalid-argument", `syntax error in pattern: ${pattern}`);
}
function run2(steps, path, from) {
  let states = closure(steps, [0]);
  for (let at = from; at < path.length; at++) {
    const char = path.charAt(at);
    const next = [];
    for (const state of states) {
      const step = steps[state];
      if (step !== void 0) advance(step, state, char, next);
    }
    if (next.length === 0) return false;
    states = closure(steps, next);
  }
  return states.has(steps.length);
}
function advance(step, state, char, next) {
  switch (step.kind) {
    case "char":
      if (step.char === char) next.push(state + 1);
      return;
    case "any":
      if (char !== "/") next.push(state + 1);
      return;
    case "class":
      if (step.ranges.some(([low, high]) => low <= char && char <= high) !== step.negated) next.push(state + 1);
      return;
    case "run":
      if (char !== "/") next.push(state);
      return;
    case "rest":
      next.push(state);
      return;
    case "folders":
      next.push(state);
      if (char === "/") next.push(state + 1);
  }
}
function closure(steps, states) {
  const all = new Set(states);
  for (const state of all) {
    const kind = steps[state]?.kind;
    if (kind === "run" || kind === "rest" || kind === "optional") all.add(state + 1);
    if (kind === "optional") all.add(state + 2);
  }
  return all;
}

// packages/api/src/ignore.ts
function parseIgnoreFile(text3) {
  const lines = text3.replace(/^\u{FEFF}/u, "").split("\n");
  return lines.flatMap((line) => line.startsWith("#") || line.trim() === "" ? [] : [cleanLine(line.trim())]);
}
function cleanLine(line) {
  const inverted = line.startsWith("!");
  const pattern = inverted ? line.slice(1).trim() : line;
  const cleaned = pattern === "" ? "" : cleanPath(pattern);
  const relative2 = cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
  return inverted ? `!${relative2}` : relative2;
}
function createIgnoreMatcher(patterns) {
  const compiled = patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== "");
  const all = compiled.map(compilePattern);
  const exceptions = all.filter((pattern) => pattern.exception).map((pattern) => literalPrefix(pattern.text));
  return {
    test: (path, parent) => test(all, path, parent ?? testParents(all, path)),
    mayHoldIncluded(folder) {
      const below = `${folder}/`;
      return exceptions.some((prefix) => prefix.startsWith(below) || below.startsWith(prefix));
    }
  };
}
function compilePattern(pattern) {
  const exception = pattern.startsWith("!");
  if (pattern === "!") throw new TdockError("invalid-argument", 'illegal exclusion pattern: "!"');
  const text3 = cleanPath(exception ? pattern.slice(1) : pattern);
  return { exception, text: text3, test: compileGlob(text3, "any-level") };
}
function test(patterns, path, parent) {
  let ignored = false;
  const matched = patterns.map((pattern, index) => {
    let match = parent?.matched[index] ?? false;
    if (!match && pattern.exception === ignored) match = pattern.test(path);
    if (match) ignored = !pattern.exception;
    return match;
  });
  return { ignored, matched };
}
function testParents(patterns, path) {
  const folder = posix.dirname(path);
  if (folder === "." || folder === "/") return void 0;
  return test(patterns, folder, testParents(patterns, folder));
}
function literalPrefix(pattern) {
  return /^[^*?[\\]*/.exec(pattern)?.[0] ?? "";
}
function cleanPath(path) {
  const cleaned = posix.normalize(path);
  return cleaned.length > 1 && cleaned.endsWith("/") ? cleaned.slice(0, -1) : cleaned;
}

// packages/cli/src/context/list-folder.ts
var settledMs = 2e3;
var foreignDockerfile = ".tdock-dockerfile";
function listFolder(folder, dockerfile) {
  const matcher = createIgnoreMatcher(readPatterns(folder, dockerfile));
  const always = /* @__PURE__ */ new Set([dockerfile, ".dockerignore", `${dockerfile}.dockerignore`]);
  const entries = [];
  walk({ folder, matcher, always, entries, settled: Date.now() - settledMs }, "", void 0);
  return { folder, entries, elsewhere: /* @__PURE__ */ new Map() };
}
function withForeignDockerfile(listed, path, size) {
  const entry = [foreignDockerfile, "f", 420, 0, size, ""];
  const elsewhere = new Map([...listed.elsewhere, [listed.entries.length, path]]);
  return { ...listed, entries: [...listed.entries, entry], elsewhere };
}
function readPatterns(folder, dockerfile) {
  for (const name of [`${dockerfile}.dockerignore`, ".dockerignore"]) {
    try {
      return parseIgnoreFile(readFileSync(join(folder, name), "utf8"));
    } catch (error) {
      const { code } = error;
      if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    }
  }
  return [];
}
function walk(all, below, parent) {
  for (const name of readdirSync(join(all.folder, below)).sort()) {
    const path = below === "" ? name : `${below}/${name}`;
    const result = all.matcher.test(path, parent);
    const isAlways = all.always.has(path);
    const isAbove = [...all.always].some((one) => one.startsWith(`${path}/`));
    if (result.ignored && !isAlways && !isAbove && !all.matcher.mayHoldIncluded(path)) continue;
    const entry = entryOf(all, path);
    if (entry === void 0) continue;
    if (!result.ignored || isAlways) all.entries.push(entry);
    if (entry[1] === "d") walk(all, path, result);
  }
}
function entryOf({ folder, settled }, path) {
  const place = join(folder, path);
  const found = lstatSync(place);
  const mode = found.mode & 4095;
  const mtime = found.mtimeMs / 1e3;
  if (found.isDirectory()) return [path, "d", mode, mtime, 0, ""];
  if (found.isSymbolicLink()) return [path, "l", mode, mtime, readlinkSync(place), ""];
  if (!found.isFile()) return void 0;
  const stamp = found.ctimeMs < settled ? `${found.dev}:${found.ino}:${found.ctimeMs}` : "";
  return [path, "f", mode, mtime, found.size, stamp];
}

// packages/cli/src/build/find-context.ts
var remote = /^(?:https?|git|ssh):\/\/|^git@[^/:]+:|^github\.com\//;
function findContext(operand, file) {
  if (operand === "-") return { kind: "stdin", dockerfile: file ?? "Dockerfile" };
  if (remote.test(operand)) {
    const url = operand.startsWith("github.com/") ? `https://${operand}` : operand;
    return { kind: "remote", url, dockerfile: file ?? "Dockerfile" };
  }
  return folderContext(operand, file);
}
function folderContext(operand, file) {
  const folder = realFolder(operand);
  const name = `${hostname()}:${folder}`;
  if (file === void 0)
    return { kind: "folder", name, listed: listFolder(folder, "Dockerfile"), dockerfile: "Dockerfile" };
  const path = resolve(file);
  const inside = relative(folder, realIfThere(path));
  if (!inside.startsWith("..") && !isAbsolute(inside)) {
    return { kind: "folder", name, listed: listFolder(folder, inside), dockerfile: inside };
  }
  const listed = withForeignDockerfile(listFolder(folder, foreignDockerfile), path, sizeOf(path));
  return { kind: "folder", name, listed, dockerfile: foreignDockerfile };
}
function realFolder(operand) {
  try {
    const folder = realpathSync(operand);
    if (statSync(folder).isDirectory()) return folder;
  } catch (cause) {
    throw new TdockError("not-found", `unable to prepare context: path "${operand}" not found`, { cause });
  }
  throw new TdockError("invalid-argument", `unable to prepare context: path "${operand}" is no folder`);
}
function realIfThere(path) {
  try {
    return join2(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
function sizeOf(path) {
  try {
    return statSync(path).size;
  } catch (cause) {
    throw new TdockError("not-found", `unable to prepare context: the Dockerfile ${path} was not found`, { cause });
  }
}

// packages/cli/src/build/flags.ts
var buildFlags = {
  "add-host": list('Add a custom host-to-IP mapping (format: "host:ip")'),
  allow: list('Allow extra privileged entitlement (e.g., "network.host", "security.insecure")', {
    label: "stringArray"
  }),
  "build-arg": list("Set build-time variables", { label: "stringArray" }),
  "build-context": list('Additional build contexts (e.g., "name=path")', { label: "stringArray" }),
  "cache-from": list('External cache sources (e.g., "user/app:cache", "type=local,src=path/to/dir")', {
    label: "stringArray"
  }),
  "cache-to": list('Cache export destinations (e.g., "type=inline", "type=local,dest=path/to/dir")', {
    label: "stringArray"
  }),
  "cgroup-parent": text("Set the parent cgroup for the RUN instructions during build", { hidden: true }),
  check: bool("Only look for problems in the Dockerfile"),
  compress: bool("Compress the build context", { hidden: true }),
  "cpu-period": int("Limit the CPU CFS period", { hidden: true }),
  "cpu-quota": int("Limit the CPU CFS quota", { hidden: true }),
  "cpu-shares": int("CPU shares (relative weight)", { short: "c", hidden: true }),
  "cpuset-cpus": text("CPUs in which to allow execution (0-3, 0,1)", { hidden: true }),
  "cpuset-mems": text("MEMs in which to allow execution (0-3, 0,1)", { hidden: true }),
  file: text('Name of the Dockerfile (default: "PATH/Dockerfile")', { short: "f" }),
  "force-rm": bool("Always remove intermediate containers", { hidden: true }),
  iidfile: text("Write the image ID to a file"),
  label: list("Set metadata for an image", { label: "stringArray" }),
  load: bool('Shorthand for "--output=type=docker"'),
  memory: parsed("Memory limit", parseSize, { short: "m", label: "bytes", hidden: true }),
  "memory-swap": parsed("Swap limit equal to memory plus swap: -1 to enable unlimited swap", parseSwapSize, {
    label: "bytes",
    hidden: true
  }),
  "metadata-file": text("Write build result metadata to a file"),
  network: text('Set the networking mode for the "RUN" instructions during build', { shownDefault: '"default"' }),
  "no-cache": bool("Do not use cache when building the image"),
  "no-cache-filter": list("Do not cache specified stages", { label: "stringArray" }),
  output: list('Output destination (format: "type=local,dest=path")', { short: "o", label: "stringArray" }),
  platform: text("Set target platform for build"),
  progress: text('Set type of progress output ("auto", "plain", "tty", "json", "quiet")', { shownDefault: '"auto"' }),
  pull: bool("Always attempt to pull all referenced images"),
  push: bool('Shorthand for "--output=type=registry"'),
  quiet: bool("Suppress the build output and print image ID on success", { short: "q" }),
  rm: bool("Remove intermediate containers after a successful build", { initial: true, hidden: true }),
  secret: list('Secret to expose to the build (format: "id=mysecret[,src=/local/secret]")', { label: "stringArray" }),
  "security-opt": list("Security options", { hidden: true }),
  "shell-on-fail": bool("Open a shell in the state that a failed step left"),
  "shm-size": parsed("Shared memory size for build containers", parseSize, { label: "bytes" }),
  ssh: list('SSH agent socket or keys to expose to the build (format: "default|<id>[=<socket>|<key>[,<key>]]")', {
    label: "stringArray"
  }),
  squash: bool("Squash newly built layers into a single new layer", { hidden: true }),
  tag: list('Name and optionally a tag (format: "name:tag")', { short: "t", label: "stringArray" }),
  target: text("Set the target build stage to build"),
  ulimit: parsedList("Ulimit options", parseUlimit, { label: "ulimit" })
};

// packages/cli/src/build/root-output.ts
import { createWriteStream, mkdirSync } from "node:fs";
import { pipeline } from "node:stream/promises";
async function saveRootTo(cli, image, path) {
  await withRoot(cli, image, async (archive) => {
    await pipeline(archive, path === "-" ? process.stdout : createWriteStream(path), { end: path !== "-" });
  });
}
async function unpackRootTo(cli, image, folder) {
  mkdirSync(folder, { recursive: true });
  await withRoot(cli, image, async (archive) => {
    const { spawn } = process.getBuiltinModule("node:child_process");
    const tar = spawn("tar", ["-x", "--no-same-owner", "-C", folder, "-f", "-"], {
      stdio: ["pipe", "inherit", "inherit"]
    });
    const ended = new Promise((resolve2, reject) => {
      tar.once("error", reject);
      tar.once("close", resolve2);
    });
    await pipeline(archive, tar.stdin);
    if (await ended !== 0) throw new TdockError("internal", `cannot unpack into ${folder}`);
  });
}
async function withRoot(cli, image, use) {
  const { Id: id } = await call(cli.client, containerCreate, { body: { Image: image, Cmd: ["/"], Entrypoint: [""] } });
  try {
    await use(await openStream(cli.client, containerExport, { id }));
  } finally {
    await call(cli.client, containerRemove, { id, force: true, v: true });
  }
}

// packages/cli/src/build/outputs.ts
async function sendOutputs(cli, flags, result) {
  for (const output of flags.output.map(parseOutput)) await sendOutput(cli, output, result);
}
function parseOutput(text3) {
  const fields = parseCsvLine(text3).map((field) => splitPair(field));
  const [[only = "", value] = []] = fields;
  if (fields.length === 1 && value === void 0)
    return only === "-" ? { type: "tar", dest: "-" } : { type: "local", dest: only };
  const map = new Map(fields.map(([name, field]) => [name, field ?? ""]));
  const type = map.get("type") ?? "";
  const dest = map.get("dest") ?? map.get("destination") ?? "";
  return { type, dest };
}
async function sendOutput(cli, { type, dest }, result) {
  switch (type) {
    case "image":
      return;
    case "docker":
      if (dest === "") return;
      throw unknownOutput(type);
    case "local":
      return unpackRootTo(cli, result.id, needed(type, dest));
    case "tar":
      return saveRootTo(cli, result.id, needed(type, dest));
    default:
      throw unknownOutput(type);
  }
}
function needed(type, dest) {
  if (dest !== "") return dest;
  throw new TdockError("invalid-argument", `--output type=${type}: dest is required`);
}
function unknownOutput(type) {
  return new TdockError("invalid-argument", `--output: unknown type ${JSON.stringify(type)}`);
}

// packages/cli/src/build/query.ts
function buildQuery(flags, env) {
  return {
    t: flags.tag,
    target: flags.target,
    platform: flags.platform ?? (env.DOCKER_DEFAULT_PLATFORM || void 0),
    q: flags.quiet,
    nocache: flags["no-cache"],
    nocachefilter: flags["no-cache-filter"].flatMap((stages) => stages.split(",")),
    pull: flags.pull ? "1" : void 0,
    buildargs: buildArgs(flags["build-arg"], env),
    labels: pairsToMap(flags.label),
    networkmode: flags.network,
    extrahosts: flags["add-host"],
    shmsize: flags["shm-size"],
    ulimits: flags.ulimit,
    allow: flags.allow,
    check: flags.check,
    keepfailed: true,
    cachefrom: flags["cache-from"].length > 0 ? flags["cache-from"] : void 0,
    cacheto: flags["cache-to"].length > 0 ? flags["cache-to"] : void 0,
    contexts: namedContexts(flags["build-context"]),
    squash: flags.squash,
    memory: flags.memory,
    memswap: flags["memory-swap"],
    cpushares: flags["cpu-shares"],
    cpuperiod: flags["cpu-period"],
    cpuquota: flags["cpu-quota"],
    cpusetcpus: flags["cpuset-cpus"],
    cpusetmems: flags["cpuset-mems"],
    cgroupparent: flags["cgroup-parent"]
  };
}
function buildArgs(pairs, env) {
  const given = pairs.flatMap((pair) => {
    const [name, value = env[name]] = splitPair(pair);
    return value === void 0 ? [] : [`${name}=${value}`];
  });
  return pairsToMap(given);
}
function namedContexts(pairs) {
  for (const pair of pairs) {
    if (splitPair(pair)[1] === void 0) {
      throw new TdockError("invalid-argument", `invalid build context ${pair}: wanted name=value`);
    }
  }
  return pairsToMap(pairs);
}

// packages/cli/src/build/secrets.ts
import { readFileSync as readFileSync2 } from "node:fs";
function readSecrets(values, env) {
  const secrets = /* @__PURE__ */ Object.create(null);
  for (const value of values) {
    const { id, bytes } = readSecret(value, env);
    secrets[id] = bytes.toString("base64");
  }
  return secrets;
}
function readSecret(value, env) {
  const fields = /* @__PURE__ */ new Map();
  for (const field of parseCsvLine(value)) {
    const [name2, text3] = splitPair(field);
    if (text3 === void 0)
      throw new TdockError("invalid-argument", `invalid field '${field}' must be a key=value pair`);
    if (!["id", "src", "source", "env", "type"].includes(name2)) {
      throw new TdockError("invalid-argument", `unexpected key '${name2}' in '${field}'`);
    }
    fields.set(name2 === "source" ? "src" : name2, text3);
  }
  const { id, src, env: variable, type } = Object.fromEntries(fields);
  const name = id ?? variable ?? src ?? "";
  if (name === "") throw new TdockError("invalid-argument", `a secret needs an id: ${value}`);
  const wanted = variable ?? (type === "env" ? src ?? name : src === void 0 && env[name] !== void 0 ? name : "");
  return { id: name, bytes: wanted === "" ? readFile(src ?? name) : readVariable(wanted, env) };
}
function readVariable(name, env) {
  const value = env[name];
  if (value === void 0) throw new TdockError("not-found", `secret: the variable ${name} is not set`);
  return Buffer.from(value);
}
function readFile(path) {
  try {
    return readFileSync2(path);
  } catch (cause) {
    throw new TdockError("not-found", `secret: cannot read ${path}: ${cause.message}`, { cause });
  }
}

// packages/cli/src/context/pack-files.ts
import { createReadStream, readFileSync as readFileSync3 } from "node:fs";
import { join as join3 } from "node:path";
import { pipeline as pipeline2 } from "node:stream/promises";
var import_tar_stream = __toESM(require_tar_stream(), 1);
var smallBytes = 256 * 1024;
function packFiles(listed, indexes) {
  const pack = (0, import_tar_stream.pack)();
  packAll(pack, listed, indexes).then(
    () => pack.finalize(),
    (error) => pack.destroy(error)
  );
  return pack;
}
async function packAll(pack, { folder, entries, elsewhere }, indexes) {
  for (const index of indexes) {
    const entry = entries[index];
    if (entry === void 0)
      throw new TdockError("internal", `the engine asked for entry ${index}, which is not listed`);
    await packFile(pack, index, elsewhere.get(index) ?? join3(folder, entry[0]), Number(entry[4]));
  }
}
function packFile(pack, index, path, size) {
  return new Promise((resolve2, reject) => {
    const done = (error) => error ? reject(error) : resolve2();
    const header = { name: String(index), size };
    if (size > smallBytes) {
      pipeline2(createReadStream(path), pack.entry(header, done)).catch(reject);
      return;
    }
    const bytes = readFileSync3(path);
    if (bytes.length === size) pack.entry(header, bytes, done);
    else reject(new TdockError("conflict", `${path} changed while it was read`));
  });
}

// packages/cli/src/commands/build.ts
var build = defineCommand({
  usage: "[OPTIONS] PATH | URL | -",
  operands: exactly(1),
  flags: buildFlags,
  async run(cli, buildCall) {
    const context = findContext(buildCall.args[0] ?? "", buildCall.flags.file);
    const outcome = await runBuild(cli, buildCall, context);
    if (outcome.result === void 0) {
      if (outcome.failure === void 0) return 0;
      reportFailure(cli, outcome);
      if (buildCall.flags["shell-on-fail"]) await openFailedShell(cli, outcome);
      return 1;
    }
    await sendOutputs(cli, buildCall.flags, outcome.result);
    writeResultFiles(buildCall.flags, outcome.result);
    if (buildCall.flags.quiet) cli.out.print(`${outcome.result.id}
`);
    return 0;
  }
});
async function runBuild(cli, { flags }, context) {
  var _stack = [];
  try {
    const secrets = readSecrets(flags.secret, cli.env);
    const listed = context.kind === "folder" ? context.listed : void 0;
    const listing = { name: context.kind === "folder" ? context.name : "", entries: listed?.entries, secrets };
    const session = await call(cli.client, contextPrepare, { body: textBody(JSON.stringify(listing)) });
    const auths = await allCredentials(readConfigFile(cli));
    const stream = await openStream(cli.client, imageBuild, {
      ...buildQuery(flags, cli.env),
      dockerfile: context.dockerfile,
      remote: context.kind === "remote" ? context.url : void 0,
      context: session.id,
      buildid: randomUUID(),
      version: "tdock",
      registryConfig: Buffer.from(JSON.stringify(auths)).toString("base64url"),
      body: listed !== void 0 ? packFiles(listed, session.missing) : context.kind === "stdin" ? process.stdin : textBody("")
    });
    const view = __using(_stack, createView(cli, flags));
    const watch = new OutcomeWatch();
    for await (const { aux, error, errorDetail } of decodeJsonLines(stream)) {
      if (error !== void 0) return watch.outcome(errorDetail?.message ?? error);
      if (aux === void 0) continue;
      watch.see(aux);
      view.show(aux);
    }
    return watch.outcome(void 0);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
async function* textBody(text3) {
  if (text3 !== "") yield Buffer.from(text3);
}
var tailLines = 20;
var OutcomeWatch = class {
  titles = /* @__PURE__ */ new Map();
  output = /* @__PURE__ */ new Map();
  result;
  failed;
  kept;
  see(event) {
    switch (event.kind) {
      case "begin":
        this.titles.set(event.vertex, event.title);
        return;
      case "log": {
        const text3 = (this.output.get(event.vertex) ?? "") + Buffer.from(event.data, "base64").toString();
        this.output.set(event.vertex, text3.slice(-16384));
        return;
      }
      case "end":
        if (event.outcome === "failed") this.failed ??= event;
        this.output.delete(event.outcome === "done" ? event.vertex : -1);
        return;
      case "failed-step":
        this.kept = event;
        return;
      case "result":
        this.result = event;
    }
  }
  outcome(failure) {
    const vertex = this.failed?.vertex ?? 0;
    const lines = (this.output.get(vertex) ?? "").trimEnd().split("\n").slice(-tailLines);
    const { result, failed, kept } = this;
    const title = this.titles.get(vertex) ?? "";
    return { result: failure === void 0 ? result : void 0, failure, failed, kept, title, tail: lines };
  }
};
function writeResultFiles(flags, result) {
  if (flags.iidfile) writeFile(flags.iidfile, result.id);
  if (!flags["metadata-file"]) return;
  const metadata = {
    "containerimage.config.digest": result.id,
    "containerimage.digest": result.digest,
    ...result.names.length > 0 && { "image.name": result.names.join(",") }
  };
  writeFile(flags["metadata-file"], `${JSON.stringify(metadata, null, 2)}
`);
}
function writeFile(path, text3) {
  try {
    writeFileSync(path, text3);
  } catch (cause) {
    throw new TdockError("invalid-argument", `cannot write ${path}: ${cause.message}`, { cause });
  }
}
export {
  build
};
