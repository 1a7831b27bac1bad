import { analysedSize, contentDetector } from '@internvid/collector';
import { mapInOrder } from '@internvid/core';
import { ffmpegFrameReader } from '@internvid/core/media';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
const reader = ffmpegFrameReader();
const dir='/work/shared/media/';
const files = readdirSync(dir).filter(f=>/\.(mp4|webm|mkv|avi|mpg|mov|ts|3gp|flv|ogv)$/.test(f)).map(f=>dir+f);
async function* each<T>(x:T[]){yield* x}
const films:any[]=[]; for (const f of files) { const info = await reader.probe(f); films.push({f,info,size:analysedSize({info})}); }
films.sort((a,b)=>b.info.bytes-a.info.bytes);
const det = contentDetector();
const kids=()=>{const a=readFileSync('/proc/self/stat','utf8').replace(/^.*\) /,'').split(' '); return (Number(a[13])+Number(a[14]))/100;};
for (const mode of process.argv.slice(2)) {
const t0=performance.now(); let n=0; const c0=process.cpuUsage(), k0=kids(); const cuts:any={};
for await (const _ of mapInOrder(each(films),{concurrency:2}, async (x:any)=>{
 if(mode.startsWith('limit')) return new Promise<void>((res)=>{ spawn('ffmpeg',['-v','quiet','-nostdin','-noautorotate','-threads','1','-i','file:'+x.f,'-map','0:'+x.info.video.stream,'-vf',`scale=${x.size.width}:${x.size.height}:flags=fast_bilinear,format=${mode==='limit'?'rgb24':'yuv420p'}`,'-fps_mode','passthrough','-f','null','-'],{stdio:'ignore'}).once('close',()=>res()); });
 const d=det.start();
 const out = mode==='yuv'? {...x.size,format:'yuv420p'}:x.size;
 for await (const fr of reader.frames(x.f,{select:{kind:'all'},outputs:[out]})) { n++; if(mode!=='read') d.push({index:fr.index,timeMs:fr.timeMs,picture:fr.pictures[0]!}); } cuts[x.f.split('/').at(-1)]=d.finish(); })); 
const s=(performance.now()-t0)/1000; const c=process.cpuUsage(c0);
if (mode!=='read'&&!mode.startsWith('limit')) writeFileSync(`/tmp/k/cuts-${mode}.json`,JSON.stringify(cuts,null,1));
console.log(mode.padEnd(9), n, 'frames', s.toFixed(2),'s wall; node cpu', c.user/1e6, c.system/1e6, 'children', (kids()-k0).toFixed(2), 'total', ((c.user+c.system)/1e6+kids()-k0).toFixed(2));
}
